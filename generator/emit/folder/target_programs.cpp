#include "emit/folder/target_programs.h"

#include "emit/folder/programs.h"
#include "emit/network/targets.h"
#include "emit/print/template.h"
#include "support/error.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

/// The program of one target becomes a function that the program of all calls.
std::string as_function(std::string program, const std::string& name) {
    const std::string main = "int main(";
    const std::size_t at = program.find(main);
    check(at != std::string::npos, "a program has a main");
    return program.replace(at, main.size(), "int " + name + "(");
}

/// The folder of a target.
FileSet measures_of(const Emission& target, const std::vector<ExpectedLayer>& expected) {
    FileSet own, functions;
    add_measures(target, expected, own);
    for (const auto& [path, bytes] : own.files()) {
        const bool program = path == "bench.cpp" || path == "selftest.cpp";
        functions.add(path, program ? as_function(bytes, target.name + "_" + path.substr(0, path.find('.'))) : bytes);
    }
    return functions;
}

std::string print_selftest(const std::string& name, const std::vector<Emission>& targets) {
    const std::string call = fmt::format(
        "if ({0}::runs_here({0}::Target::{{1}}))\n    wrong |= {{0}}_selftest();\nelse\n"
        "    std::printf(\"{{0}}: not run, this machine lacks what it needs\\n\");\n",
        name);
    return fill_template("targets/selftest.cpp", {{"network", name},
                                                  {"declarations", line_each(targets, "int {0}_selftest();\n")},
                                                  {"calls", line_each(targets, call)}});
}

}  // namespace

void add_measures_of_targets(const std::string& name, const std::vector<Emission>& targets,
                             const std::vector<std::vector<ExpectedLayer>>& expected, FileSet& files) {
    for (std::size_t index = 0; index < targets.size(); ++index)
        files.add_folder(targets[index].folder, measures_of(targets[index], expected[index]));
    const std::string hand_over = choose_target(targets, "return {0}::hand_over_weights(workspace.{1});", "");
    files.add("program_weights.h",
              fill_template("targets/program_weights.h", {{"network", name},
                                                          {"includes", include_each(targets, "program_weights.h")},
                                                          {"hand_over", hand_over}}));
    files.add("bench.cpp",
              fill_template("targets/bench.cpp",
                            {{"network", name},
                             {"declarations", line_each(targets, "int {0}_bench(int argc, char** argv);\n")},
                             {"calls", choose_target(targets, "return {0}_bench(argc, argv);", "return 1;\n")}}));
    if (!expected[0].empty()) files.add("selftest.cpp", print_selftest(name, targets));
}

}  // namespace ssdgen
