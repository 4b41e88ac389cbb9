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

/// A network for one target or several.
struct Network {
    Interface front;
    std::vector<Emission> targets;
    const std::vector<Footprint>& footprints;  // one a target
};

/// Everything but programs: what a product needs.
FileSet product_files(const Network& network) {
    FileSet files;
    if (network.front.several_targets) add_front(network.front, network.targets, files);
    emit_c_interface(network.front, files);
    for (std::size_t index = 0; index < network.targets.size(); ++index) {
        FileSet own;
        add_network(network.targets[index], network.footprints[index], own);
        files.add_folder(network.targets[index].folder, own);
    }
    add_runtime(files);
    return files;
}

FileSet emit_single_file(const Network& network) {
    const Interface& front = network.front;
    check(front.weights_form != WeightsForm::object, "a single file needs no assembler");
    std::vector<std::string> sources, inner, weights;
    if (front.several_targets) sources = {front.name + ".cpp", front.name + "_c.cpp"};
    for (const Emission& target : network.targets) {
        for (const std::string& path : network_sources(target)) sources.push_back(path);
        if (front.several_targets) inner.push_back(target.folder + target.name + ".h");
        if (front.weights_form == WeightsForm::file) weights.push_back(target.folder + target.name + "_weights.bin");
    }
    if (!front.several_targets) sources.push_back(front.name + "_c.cpp");
    return amalgamate(product_files(network), front.name, sources, inner, weights);
}

FileSet emit_files(const Network& network, const std::vector<std::vector<ExpectedLayer>>& expected) {
    FileSet files = product_files(network);
    if (network.front.several_targets)
        add_measures_of_targets(network.front.name, network.targets, expected, files);
    else
        add_measures(network.targets[0], expected[0], files);
    add_application(network.front, files);
    files.add("CMakeLists.txt", print_build_file(network.front, network.targets, !expected[0].empty()));
    return files;
}

}  // namespace

FileSet emit_folder(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                    const std::vector<std::vector<ExpectedLayer>>& expected, const EmitOptions& options) {
    const std::vector<Emission> targets = emissions(plans, options);
    const Network network{interface_of(targets, footprints), targets, footprints};
    if (options.single_file) return emit_single_file(network);
    // Without a self-test nothing is expected of any.
    return emit_files(network, expected.empty() ? std::vector<std::vector<ExpectedLayer>>(plans.size()) : expected);
}

}  // namespace ssdgen
