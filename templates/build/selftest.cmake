add_executable($network$_selftest ${programs}
  $selftest_sources$
  $<TARGET_OBJECTS:$network$_kernels>
)
