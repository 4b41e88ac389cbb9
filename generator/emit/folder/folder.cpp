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

#include <algorithm>

namespace ssdgen {

namespace {

/// A network for one target or several.
struct Network {
    Interface front;
    std::vector<Emission> targets;
    const std::vector<Footprint>& footprints;  // one a target
};

/// Whether all its kernels are standard C++: those of the target for any processor.
bool is_standard(const Network& network) {
    return std::all_of(network.targets.begin(), network.targets.end(),
                       [](const Emission& target) { return target.plan.target.family == Family::any; });
}

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
    add_runtime(is_standard(network), files);
    return files;
}

FileSet emit_single_file(const Network& network) {
    check(network.front.weights_form != WeightsForm::object, "a single file needs no assembler");
    return amalgamate(product_files(network), network.front.name, product_manifest(network.targets));
}

FileSet emit_files(const Network& network, const std::vector<std::vector<ExpectedLayer>>& expected,
                   const Manifest& manifest) {
    FileSet files = product_files(network);
    if (network.front.several_targets)
        add_measures_of_targets(network.front.name, network.targets, expected, files);
    else
        add_measures(network.targets[0], expected[0], files);
    add_application(network.front, files);
    files.add("CMakeLists.txt", print_build_file(network.front, network.targets, manifest));
    return files;
}

/// What is emitted is what the manifest says.
void check_manifest(const Manifest& manifest, const FileSet& files) {
    for (const ManifestEntry& entry : manifest.entries())
        check(files.files().count(entry.path) == 1, "the manifest names files: " + entry.path);
    check(files.files().size() == manifest.entries().size(), "the manifest names every file once");
}

}  // namespace

EmittedFolder emit_folder(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                          const std::vector<std::vector<ExpectedLayer>>& expected, const EmitOptions& options) {
    const std::vector<Emission> targets = emissions(plans, options);
    const Network network{interface_of(targets, footprints), targets, footprints};
    EmittedFolder folder;
    if (options.single_file) {
        folder.manifest = single_file_manifest(targets);
        folder.files = emit_single_file(network);
    } else {
        folder.manifest = folder_manifest(targets, !expected.empty());
        // Without a self-test nothing is expected of any.
        const std::vector<std::vector<ExpectedLayer>> nothing(plans.size());
        folder.files = emit_files(network, expected.empty() ? nothing : expected, folder.manifest);
    }
    check_manifest(folder.manifest, folder.files);
    return folder;
}

}  // namespace ssdgen
