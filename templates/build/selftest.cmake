add_executable($network$_selftest ${programs}
  $selftest_sources$ $network_sources$ $peak_sources$$program_sources$
  $<TARGET_OBJECTS:$network$_kernels>)
