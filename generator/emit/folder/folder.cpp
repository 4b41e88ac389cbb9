#include "emit/folder/folder.h"

#include "emit/folder/amalgamation.h"
#include "emit/folder/build_file.h"
#include "emit/folder/programs.h"
#include "emit/folder/runtime.h"
#include "emit/folder/target_programs.h"
#include "emit/network/c_interface.h"
#include "emit/network/network.h"
#include "emit/network/targets.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// Everything but programs: what a product needs.
FileSet product_files(const std::vector<Emission>& targets) {
    FileSet files;
    if (targets.size() > 1) add_front(targets, files);
    emit_c_interface(interface_of(targets), files);
    for (const Emission& target : targets) {
        FileSet own;
        add_network(target, own);
        files.add_folder(target.folder, own);
    }
    add_runtime(files);
    return files;
}

FileSet emit_single_file(const std::vector<Emission>& targets) {
    const Interface front = interface_of(targets);
    check(front.weights_form != WeightsForm::object, "a single file needs no assembler");
    std::vector<std::string> sources, inner, weights;
    if (front.several_targets) sources = {front.name + ".cpp", front.name + "_c.cpp"};
    for (const Emission& target : targets) {
        for (const std::string& path : network_sources(target)) sources.push_back(path);
        if (front.several_targets) inner.push_back(target.folder + target.name + ".h");
        if (front.weights_form == WeightsForm::file) weights.push_back(target.folder + target.name + "_weights.bin");
    }
    if (!front.several_targets) sources.push_back(front.name + "_c.cpp");
    return amalgamate(product_files(targets), front.name, sources, inner, weights);
}

FileSet emit_files(const std::vector<Emission>& targets, const std::vector<std::vector<ExpectedLayer>>& expected) {
    FileSet files = product_files(targets);
    if (targets.size() > 1)
        add_measures_of_targets(targets, expected, files);
    else
        add_measures(targets[0], expected[0], files);
    add_application(interface_of(targets), files);
    files.add("CMakeLists.txt", print_build_file(targets, !expected[0].empty()));
    return files;
}

}  // namespace

FileSet emit_folder(const std::vector<Plan>& plans, const std::vector<std::vector<ExpectedLayer>>& expected,
                    const EmitOptions& options) {
    const std::vector<Emission> targets = emissions(plans, options);
    if (options.single_file) return emit_single_file(targets);
    // Without a self-test nothing is expected of any.
    return emit_files(targets, expected.empty() ? std::vector<std::vector<ExpectedLayer>>(plans.size()) : expected);
}

}  // namespace ssdgen
