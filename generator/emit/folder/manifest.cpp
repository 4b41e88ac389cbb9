#include "emit/folder/manifest.h"

#include "emit/folder/programs.h"
#include "emit/folder/runtime.h"
#include "emit/network/layers.h"
#include "emit/network/network.h"
#include "emit/network/observer.h"
#include "emit/network/weights.h"

#include <algorithm>

namespace ssdgen {

namespace {

/// The description's name.
const std::string& name_of(const std::vector<Emission>& targets) { return targets.back().plan.name; }

Manifest weights_manifest(const Emission& emission) {
    const std::string name = weights_name(emission);
    Manifest manifest;
    switch (emission.weights_form) {
        case WeightsForm::object:
            manifest.add(name + ".S", Role::weights_source);
            manifest.add(name + ".bin", Role::weights);
            break;
        case WeightsForm::array: manifest.add(name + ".cpp", Role::weights_source); break;
        case WeightsForm::file:
            manifest.add(name + ".S", Role::program_weights);
            manifest.add(name + ".bin", Role::weights);
            break;
    }
    return manifest;
}

/// What add_network() adds.
Manifest network_manifest(const Emission& emission) {
    Manifest manifest;
    manifest.add(emission.name + ".h", Role::header);
    manifest.add(emission.name + ".cpp", Role::network);
    for (const std::string& path : layer_sources(emission.plan)) manifest.add(path, Role::kernel);
    manifest.add(crew_file, Role::kernel_header);
    for (const std::string& path : layer_headers(emission.plan)) manifest.add(path, Role::kernel_header);
    manifest.add_folder("", weights_manifest(emission));
    return manifest;
}

void add_c_interface(const std::string& name, Manifest& manifest) {
    manifest.add(name + "_c.h", Role::c_header);
    manifest.add(name + "_c.cpp", Role::c_source);
}

/// What add_measures() adds.
Manifest measures_manifest(const std::string& name, bool selftest) {
    Manifest manifest;
    manifest.add(observer_header(name), Role::program_header);
    manifest.add("program_weights.h", Role::program_header);
    manifest.add("peak.cpp", Role::peak);
    manifest.add("bench.cpp", Role::benchmark);
    manifest.add(observer_source(name), Role::observer);
    if (!selftest) return manifest;
    manifest.add(name + "_expected.h", Role::program_header);
    manifest.add("selftest.cpp", Role::selftest);
    manifest.add(name + "_expected.cpp", Role::selftest);
    return manifest;
}

/// What add_measures_of_targets() adds.
Manifest measures_of_targets_manifest(const std::vector<Emission>& targets, bool selftest) {
    Manifest manifest;
    manifest.add("program_weights.h", Role::program_header);
    manifest.add("bench.cpp", Role::benchmark);
    if (selftest) manifest.add("selftest.cpp", Role::selftest);
    for (const Emission& target : targets) manifest.add_folder(target.folder, measures_manifest(target.name, selftest));
    return manifest;
}

}  // namespace

const std::vector<Role> library_roles{Role::network, Role::c_source, Role::kernel, Role::weights_source};

void Manifest::add_folder(const std::string& folder, const Manifest& manifest) {
    for (const ManifestEntry& entry : manifest.entries()) add(folder + entry.path, entry.role);
}

std::vector<std::string> Manifest::paths(const std::vector<Role>& roles) const {
    std::vector<std::string> found;
    for (const ManifestEntry& entry : entries_)
        if (std::find(roles.begin(), roles.end(), entry.role) != roles.end()) found.push_back(entry.path);
    return found;
}

Manifest Manifest::below(const std::string& folder) const {
    Manifest own;
    for (const ManifestEntry& entry : entries_)
        if (entry.path.rfind(folder, 0) == 0) own.add(entry.path.substr(folder.size()), entry.role);
    return own;
}

Manifest product_manifest(const std::vector<Emission>& targets) {
    const std::string& name = name_of(targets);
    Manifest manifest;
    if (targets.size() > 1) {
        manifest.add(name + ".h", Role::header);
        manifest.add(name + ".cpp", Role::network);
        add_c_interface(name, manifest);
        for (const Emission& target : targets) manifest.add_folder(target.folder, network_manifest(target));
    } else {
        manifest = network_manifest(targets[0]);
        add_c_interface(name, manifest);
    }
    for (const std::string& path : runtime_headers(is_quantized(targets))) manifest.add(path, Role::runtime);
    return manifest;
}

Manifest folder_manifest(const std::vector<Emission>& targets, bool selftest) {
    const std::string& name = name_of(targets);
    const bool several = targets.size() > 1, detector = targets.back().plan.head.has_value();
    Manifest manifest = product_manifest(targets);
    manifest.add_folder("",
                        several ? measures_of_targets_manifest(targets, selftest) : measures_manifest(name, selftest));
    for (const std::string& path : application_sources(detector)) manifest.add(path, Role::application);
    for (const std::string& path : application_headers(detector)) manifest.add(path, Role::program_header);
    manifest.add("CMakeLists.txt", Role::build);
    manifest.add(guide_file(name), Role::guide);
    if (several)
        for (const Emission& target : targets) manifest.add(target.folder + target.guide, Role::guide);
    return manifest;
}

Manifest single_file_manifest(const std::vector<Emission>& targets) {
    const std::string& name = name_of(targets);
    Manifest manifest;
    manifest.add(name + ".h", Role::header);
    manifest.add(name + "_c.h", Role::c_header);
    manifest.add(name + ".cpp", Role::network);
    for (const std::string& path : product_manifest(targets).paths({Role::weights}))
        manifest.add(path.substr(path.rfind('/') + 1), Role::weights);
    manifest.add(guide_file(name), Role::guide);
    return manifest;
}

}  // namespace ssdgen
