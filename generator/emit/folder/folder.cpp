#include "emit/folder/folder.h"

#include "emit/folder/amalgamation.h"
#include "emit/folder/build_file.h"
#include "emit/folder/programs.h"
#include "emit/folder/runtime.h"
#include "emit/network/c_interface.h"
#include "emit/network/network.h"
#include "support/error.h"

namespace ssdgen {

FileSet emit_network(const Plan& plan, const std::vector<ExpectedLayer>& expected, WeightsForm form) {
    FileSet files;
    add_network(plan, form, files);
    emit_c_interface(plan, form, files);
    add_runtime(files);
    add_measures(plan, expected, form, files);
    add_application(plan, files);
    files.add("CMakeLists.txt", print_build_file(plan, {{plan, ""}}, !expected.empty(), form));
    return files;
}

FileSet emit_single_file(const Plan& plan, WeightsForm form) {
    check(form != WeightsForm::object, "a single file needs no assembler");
    FileSet parts;
    add_network(plan, form, parts);
    emit_c_interface(plan, form, parts);
    add_runtime(parts);
    std::vector<std::string> sources = network_sources(plan, form);
    sources.push_back(plan.name + "_c.cpp");
    const std::vector<std::string> weights(form == WeightsForm::file ? 1 : 0, plan.name + "_weights.bin");
    return amalgamate(parts, plan.name, sources, {}, weights);
}

}  // namespace ssdgen
