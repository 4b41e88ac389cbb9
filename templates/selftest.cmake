add_executable($network$_selftest ${programs}
  selftest.cpp $network$_expected.cpp $network$.cpp peak.cpp$program_sources$
  $<TARGET_OBJECTS:$network$_kernels>)
