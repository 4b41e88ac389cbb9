# cmake --install: the generator, which brings all that it emits; its package for find_package; descriptions, schema and schedules; and,
# to be read, templates and runtime.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/ssdgen)
set(data ${CMAKE_INSTALL_DATADIR}/ssdgen)
configure_package_config_file(generator/cmake/ssdgenConfig.cmake.in ${CMAKE_BINARY_DIR}/package/ssdgenConfig.cmake
  INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_BINDIR)
# The generator runs on the host, whatever the product is built for.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/ssdgenConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(TARGETS ssdgen RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${CMAKE_BINARY_DIR}/package/ssdgenConfig.cmake ${CMAKE_BINARY_DIR}/package/ssdgenConfigVersion.cmake
  generator/cmake/ssdgen_add_detector.cmake DESTINATION ${package})
install(DIRECTORY configs templates runtime DESTINATION ${data})
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
