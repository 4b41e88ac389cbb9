# Puts text files into a program, so that ssdgen is one file to install:
#
#     ssdgen_embed(TARGET FUNCTION BASE FILE...)
#
# gives TARGET a source file that defines `std::string_view ssdgen::FUNCTION(std::string_view path)`: the text of BASE/path,
# or an empty view (no data) for a path that was not named, and FUNCTION_paths(), a null-terminated array of the paths.
# Run as a script (cmake -P) it writes that source file.
if(CMAKE_SCRIPT_MODE_FILE)
  set(cases "")
  set(names "")
  foreach(path ${PATHS})
    file(READ ${BASE}/${path} text)
    # Compilers limit the length of one literal, not of several that stand side by side.
    string(LENGTH "${text}" length)
    set(literals "")
    set(start 0)
    while(start LESS length)
      string(SUBSTRING "${text}" ${start} 8000 piece)
      string(APPEND literals "\n        R\"~~~(${piece})~~~\"")
      math(EXPR start "${start} + 8000")
    endwhile()
    string(APPEND cases "    if (path == \"${path}\")\n        return ${literals};\n")
    string(APPEND names "    \"${path}\",\n")
  endforeach()
  file(WRITE ${OUTPUT} "#include <string_view>

namespace ssdgen {

extern const char* const* ${FUNCTION}_paths();
extern std::string_view ${FUNCTION}(std::string_view path);

const char* const* ${FUNCTION}_paths() {
    static const char* const paths[] = {${names}    nullptr};
    return paths;
}

std::string_view ${FUNCTION}([[maybe_unused]] std::string_view path) {
${cases}    return {};
}

}  // namespace ssdgen
")
  return()
endif()

function(ssdgen_embed target function base)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${function}.cpp)
  list(TRANSFORM ARGN PREPEND ${base}/ OUTPUT_VARIABLE files)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DFUNCTION=${function} -DBASE=${base} "-DPATHS=${ARGN}" -DOUTPUT=${output}
            -P ${PROJECT_SOURCE_DIR}/generator/embed.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/generator/embed.cmake
    COMMENT "Embedding ${function}" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
