#include "emit/folder/folder.h"

#include "emit/folder/amalgamation.h"
#include "emit/folder/build_file.h"
#include "emit/folder/programs.h"
#include "emit/folder/runtime.h"
#include "emit/folder/target_programs.h"
#include "emit/guide/guide.h"
#include "emit/network/c_interface.h"
#include "emit/network/network.h"
#include "emit/network/targets.h"
#include "emit/network/weights.h"
#include "ssd/weights.h"
#include "support/error.h"
#include "support/sha256.h"

#include <algorithm>
#include <utility>

namespace ssdgen {

namespace {

/// A network for one target or several.
struct Network {
    Interface front;
    std::vector<Emission> targets;
    const std::vector<Footprint>& footprints;  // one a target
};

/// Whether all its kernels are.
bool is_standard(const Network& network) {
    return std::all_of(network.targets.begin(), network.targets.end(),
                       [](const Emission& target) { return is_standard(target.plan.target); });
}

/// The file of the weights, as a manifest names it.
WeightsFile weights_file_of(const Emission& emission, bool single_file, const FileSet& files) {
    WeightsFile file;
    const std::string folder = single_file ? "" : emission.folder;
    switch (emission.weights_form) {
        case WeightsForm::object: file = {folder + weights_name(emission) + ".bin", 0, ""}; break;
        case WeightsForm::array: file.path = folder + weights_name(emission) + ".cpp"; break;
        case WeightsForm::file:
            file = {folder + weights_name(emission) + ".bin", sizeof(ssd::WeightsHeader), ""};
            break;
    }
    if (single_file && !file.first_byte) file.path = emission.plan.name + ".cpp";
    file.sha256 = sha256_of(files.files().at(file.path));
    return file;
}

/// Everything but programs: what a product needs. `kernels`: gets where those of each target stand.
FileSet product_files(const Network& network, std::vector<KernelPlaces>& kernels) {
    FileSet files;
    if (network.front.several_targets) add_front(network.front, network.targets, files);
    emit_c_interface(network.front, files);
    for (std::size_t index = 0; index < network.targets.size(); ++index) {
        FileSet own;
        kernels.push_back(add_network(network.targets[index], network.footprints[index], own));
        for (auto& [name, place] : kernels.back()) place.file = network.targets[index].folder + place.file;
        files.add_folder(network.targets[index].folder, own);
    }
    add_runtime(is_standard(network), is_quantized(network.targets), files);
    return files;
}

FileSet emit_single_file(const Network& network, std::vector<KernelPlaces>& kernels) {
    check(network.front.weights_form != WeightsForm::object, "a single file needs no assembler");
    FileSet parts = product_files(network, kernels);
    for (KernelPlaces& places : kernels)
        for (auto& [name, place] : places) place.file = network.front.name + ".cpp";
    return amalgamate(parts, network.front.name, product_manifest(network.targets));
}

FileSet emit_files(const Network& network, const std::vector<std::vector<ExpectedLayer>>& expected,
                   const Manifest& manifest, std::vector<KernelPlaces>& kernels) {
    FileSet files = product_files(network, kernels);
    if (network.front.several_targets)
        add_measures_of_targets(network.front.name, network.targets, expected, files);
    else
        add_measures(network.targets[0], expected[0], files);
    add_application(network.front, files);
    files.add("CMakeLists.txt", print_build_file(network.front, network.targets, manifest));
    return files;
}

/// Of the whole folder and, where there are several targets, of each of theirs.
void add_guides(const Network& network, const std::vector<std::optional<WorkedOutput>>& worked, bool single_file,
                EmittedFolder& folder) {
    std::vector<GuidedPlan> plans;
    for (std::size_t index = 0; index < network.targets.size(); ++index) {
        const bool has_output = index < worked.size() && worked[index];
        plans.push_back({network.targets[index], network.footprints[index], folder.plans[index],
                         has_output ? &*worked[index] : nullptr});
    }
    folder.files.add(guide_file(network.front.name), print_guide({network.front, folder.manifest, single_file}, plans));
    if (single_file || plans.size() == 1) return;
    for (const GuidedPlan& plan : plans)
        folder.files.add(plan.emission.folder + plan.emission.guide,
                         print_target_guide(plan, folder.manifest.below(plan.emission.folder)));
}

/// What is emitted is what the manifest says.
void check_manifest(const Manifest& manifest, const FileSet& files) {
    for (const ManifestEntry& entry : manifest.entries())
        check(files.files().count(entry.path) == 1, "the manifest names files: " + entry.path);
    check(files.files().size() == manifest.entries().size(), "the manifest names every file once");
}

}  // namespace

EmittedFolder emit_folder(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                          const std::vector<std::vector<ExpectedLayer>>& expected,
                          const std::vector<std::optional<WorkedOutput>>& worked, const EmitOptions& options) {
    const std::vector<Emission> targets = emissions(plans, options);
    const Network network{interface_of(targets, footprints), targets, footprints};
    EmittedFolder folder;
    std::vector<KernelPlaces> kernels;
    if (options.single_file) {
        folder.manifest = single_file_manifest(targets);
        folder.files = emit_single_file(network, kernels);
    } else {
        folder.manifest = folder_manifest(targets, !expected.empty());
        // Without a self-test nothing is expected of any.
        const std::vector<std::vector<ExpectedLayer>> nothing(plans.size());
        folder.files = emit_files(network, expected.empty() ? nothing : expected, folder.manifest, kernels);
    }
    for (std::size_t index = 0; index < targets.size(); ++index)
        folder.plans.push_back(
            {std::move(kernels[index]), weights_file_of(targets[index], options.single_file, folder.files)});
    add_guides(network, worked, options.single_file, folder);
    check_manifest(folder.manifest, folder.files);
    return folder;
}

}  // namespace ssdgen
