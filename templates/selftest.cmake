add_executable($network$_selftest ${programs}
  selftest.cpp $network$_expected.cpp $network$.cpp peak.cpp $<TARGET_OBJECTS:$network$_kernels>)
