set_source_files_properties($folder$$network$_weights.S PROPERTIES
  OBJECT_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/$folder$$network$_weights.bin
  COMPILE_OPTIONS "-I${CMAKE_CURRENT_SOURCE_DIR}/$folder$")
