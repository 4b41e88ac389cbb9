# A detector (or classifier) as a library of a product:
#
#     ssdgen_add_detector(TARGET my_detector CONFIG my.json (WEIGHTS my.safetensors | RANDOM_WEIGHTS seed)
#                         [NAME name] [ALPHA a] [RHO r] [TARGET_ISA isa...] [PRECISION p] [UNROLL form] [CODE_BUDGET bytes]
#                         [WEIGHTS_AS form] [TUNING file] [MAX_RAM bytes] [MAX_FLASH bytes])
#     target_link_libraries(product PRIVATE my_detector)
#
# gives the library target my_detector, whose header NAME.h (NAME: the description's unless given) is on the include path of what links
# it, and on it the properties SSDGEN_NAME, SSDGEN_ARENA_BYTES, SSDGEN_THREAD_SCRATCH_BYTES, SSDGEN_WEIGHTS_BYTES,
# SSDGEN_STACK_BYTES_OF_ANY_NETWORK (one bound for all), SSDGEN_TARGET_ISA, SSDGEN_FOLDER (the emitted folder, plan.json in it) and, with
# WEIGHTS_AS file, SSDGEN_WEIGHTS_FILES.
#
# The generator runs on the host when CMake does, and again (CMake with it, then what changed is compiled) once the description, the weights,
# the tuning file or the generator itself is newer. It is SSDGEN_EXECUTABLE where that is set; what find_package(ssdgen) found; or, after
# add_subdirectory of ssdgen's source tree, one that is built for the host in ssdgen-host/, with the host's compiler (SSDGEN_HOST_CXX).
# TARGET_ISA is native unless given, or portable in a cross build. Paths count from the current source folder.

set_property(GLOBAL PROPERTY SSDGEN_CMAKE_FOLDER ${CMAKE_CURRENT_LIST_DIR})

function(ssdgen_add_detector)
  set(paths CONFIG WEIGHTS TUNING)
  set(values RANDOM_WEIGHTS ALPHA RHO PRECISION UNROLL CODE_BUDGET WEIGHTS_AS MAX_RAM MAX_FLASH)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;NAME;${paths};${values}" "TARGET_ISA")
  if(NOT arg_TARGET) # the first argument, as in add_library
    list(POP_FRONT arg_UNPARSED_ARGUMENTS arg_TARGET)
  endif()
  if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "ssdgen_add_detector: found ${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES}; allowed: "
      "TARGET, NAME, TARGET_ISA, ${paths}, ${values}, each with a value")
  endif()
  if(NOT arg_TARGET OR NOT arg_CONFIG)
    message(FATAL_ERROR "ssdgen_add_detector: found no TARGET or no CONFIG; allowed: both")
  endif()

  set(inputs "")
  foreach(key ${paths})
    if(DEFINED arg_${key})
      get_filename_component(arg_${key} ${arg_${key}} ABSOLUTE)
      list(APPEND inputs ${arg_${key}})
    endif()
  endforeach()
  if(NOT arg_TARGET_ISA AND CMAKE_CROSSCOMPILING)
    set(arg_TARGET_ISA portable)
  elseif(NOT arg_TARGET_ISA)
    set(arg_TARGET_ISA native)
  endif()
  string(REPLACE ";" "," isa "${arg_TARGET_ISA}")

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/ssdgen/${arg_TARGET})
  set(command generate ${arg_CONFIG} --out ${folder} --target ${isa} --no-selftest)
  foreach(key NAME WEIGHTS TUNING ${values})
    if(DEFINED arg_${key})
      string(TOLOWER ${key} option)
      string(REPLACE "_" "-" option ${option})
      list(APPEND command --${option} ${arg_${key}})
    endif()
  endforeach()
  ssdgen_host_generator(generator)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${inputs} ${generator})
  ssdgen_run(${arg_TARGET} ${folder} "${inputs}" ${generator} ${command})
  ssdgen_add_folder(${arg_TARGET} ${folder})
  if(arg_WEIGHTS_AS STREQUAL "file")
    ssdgen_weights_files(${arg_TARGET} ${folder})
  endif()
endfunction()

# Generates unless the folder is newer than all that it is made from.
function(ssdgen_run target folder inputs generator)
  set(stamp ${folder}.stamp)
  set(current FALSE)
  if(EXISTS ${stamp} AND EXISTS ${folder}/plan.json)
    file(READ ${stamp} last)
    if(last STREQUAL "${ARGN}")
      set(current TRUE)
    else()
      file(REMOVE_RECURSE ${folder})
    endif()
  endif()
  foreach(input ${inputs} ${generator})
    if(${input} IS_NEWER_THAN ${stamp})
      set(current FALSE)
    endif()
  endforeach()
  if(current)
    return()
  endif()
  message(STATUS "ssdgen: generating ${target}")
  file(REMOVE ${stamp})
  # Dated before the generator reads: what changes meanwhile is newer.
  file(WRITE ${stamp}.new "${ARGN}")
  execute_process(COMMAND ${generator} ${ARGN} RESULT_VARIABLE result ERROR_VARIABLE errors OUTPUT_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "ssdgen_add_detector, ${target}:\n  ${errors}${output}") # an indented line is printed as it is
  endif()
  if(errors) # warnings
    message(WARNING "ssdgen_add_detector, ${target}:\n  ${errors}")
  endif()
  file(RENAME ${stamp}.new ${stamp})
endfunction()

# The emitted folder's library, under the name that the product gives it.
function(ssdgen_add_folder target folder)
  file(READ ${folder}/plan.json plan)
  string(JSON name GET "${plan}" name)
  if(TARGET ${name})
    message(FATAL_ERROR "ssdgen_add_detector, ${target}: there is a target ${name} already; allowed: a NAME that is free, as the network is called in C++")
  endif()
  add_subdirectory(${folder} ${folder}-build)
  if(NOT name STREQUAL target)
    add_library(${target} ALIAS ${name})
  endif()
  foreach(fact arena_bytes thread_scratch_bytes stack_bytes_of_any_network weights_bytes)
    string(JSON value GET "${plan}" ${fact})
    string(TOUPPER ${fact} property)
    set_target_properties(${name} PROPERTIES SSDGEN_${property} ${value})
  endforeach()
  string(JSON isa GET "${plan}" target)
  string(REPLACE "," ";" isa ${isa})
  set_target_properties(${name} PROPERTIES SSDGEN_NAME ${name} SSDGEN_TARGET_ISA "${isa}" SSDGEN_FOLDER ${folder})
endfunction()

# The files that the product has to bring along.
function(ssdgen_weights_files target folder)
  get_target_property(name ${target} SSDGEN_NAME)
  get_target_property(isas ${target} SSDGEN_TARGET_ISA)
  list(LENGTH isas count)
  set(files ${folder}/${name}_weights.bin)
  if(count GREATER 1)
    string(REPLACE "-" "_" folders "${isas}")
    list(TRANSFORM folders REPLACE "(.+)" "${folder}/\\1/${name}_\\1_weights.bin" OUTPUT_VARIABLE files)
  endif()
  set_target_properties(${name} PROPERTIES SSDGEN_WEIGHTS_FILES "${files}")
endfunction()

# The path of a generator that runs here.
function(ssdgen_host_generator result)
  if(SSDGEN_EXECUTABLE)
    get_filename_component(path ${SSDGEN_EXECUTABLE} ABSOLUTE BASE_DIR ${CMAKE_BINARY_DIR})
  elseif(TARGET ssdgen::ssdgen)
    get_target_property(path ssdgen::ssdgen IMPORTED_LOCATION)
  else()
    set(path ${CMAKE_BINARY_DIR}/ssdgen-host/ssdgen)
    ssdgen_build_on_host(${CMAKE_BINARY_DIR}/ssdgen-host)
  endif()
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "ssdgen_add_detector: the generator ${path} does not exist; allowed: a program, by SSDGEN_EXECUTABLE or find_package")
  endif()
  set(${result} ${path} PARENT_SCOPE)
endfunction()

# Builds the source tree with the host's tools, once in a run of CMake; what is built already is left alone.
function(ssdgen_build_on_host build)
  get_property(done GLOBAL PROPERTY SSDGEN_BUILT_ON_HOST)
  if(done)
    return()
  endif()
  get_property(here GLOBAL PROPERTY SSDGEN_CMAKE_FOLDER)
  get_filename_component(source ${here}/../.. ABSOLUTE)
  file(GLOB_RECURSE parts CONFIGURE_DEPENDS
    ${source}/generator/* ${source}/templates/* ${source}/runtime/ssd/* ${source}/configs/tuning/* ${source}/configs/calibration.json
    ${source}/configs/network.schema.json)
  set_property(GLOBAL APPEND PROPERTY SSDGEN_BUILT_ON_HOST TRUE)
  set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${parts})
  set(clean "")
  set(compiler "")
  if(CMAKE_CROSSCOMPILING) # these name the tools of the target
    set(clean ${CMAKE_COMMAND} -E env --unset=CC --unset=CXX --unset=CFLAGS --unset=CXXFLAGS --unset=CPPFLAGS --unset=LDFLAGS)
  endif()
  if(SSDGEN_HOST_CXX)
    set(compiler -DCMAKE_CXX_COMPILER=${SSDGEN_HOST_CXX})
  elseif(CMAKE_CXX_COMPILER AND NOT CMAKE_CROSSCOMPILING)
    set(compiler -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER})
  endif()
  message(STATUS "ssdgen: building the generator for this machine (some minutes, the first time): ${build}")
  execute_process(COMMAND ${clean} ${CMAKE_COMMAND} -S ${source} -B ${build} -G ${CMAKE_GENERATOR}
    -DCMAKE_MAKE_PROGRAM=${CMAKE_MAKE_PROGRAM} -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF ${compiler} RESULT_VARIABLE configured OUTPUT_QUIET)
  if(configured EQUAL 0)
    execute_process(COMMAND ${clean} ${CMAKE_COMMAND} --build ${build} --target ssdgen --config Release --parallel RESULT_VARIABLE built OUTPUT_QUIET)
  endif()
  if(NOT configured EQUAL 0 OR NOT built EQUAL 0)
    message(FATAL_ERROR "ssdgen could not be built for this machine; allowed: what its README.md says it needs, or SSDGEN_EXECUTABLE")
  endif()
endfunction()
