#pragma once

#include "emit/network/emission.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What a file of an emitted folder is for.
enum class Role {
    header,           // the interface for C++: NAME.h, and that of each of several targets
    c_header,         // the interface for C
    network,          // run order, NAME.cpp: in the library and in the programs that measure
    c_source,         // the interface for C, in the library
    kernel,           // a source of kernels, in the library
    kernel_header,    // what network and kernels include
    weights,          // packed weights as a file: for the library's source of weights or, with WeightsForm::file, for
                      // the product to bring along
    weights_source,   // the weights, in the library
    runtime,          // headers that every network brings along
    program_header,   // what only programs include
    program_weights,  // the weights, in each program, where the library has none
    benchmark,        // NAME_bench
    observer,         // the run order once more, observed: in NAME_bench and NAME_selftest
    peak,             // what the machine can do at most: in NAME_bench and NAME_selftest
    selftest,         // NAME_selftest
    application,      // NAME_detect or NAME_classify
    build,            // CMakeLists.txt
    facts,            // plan.json
    guide,            // NAME_guide.md, and that of each of several targets
};

constexpr const char* word(Role role) {
    switch (role) {
        case Role::header: return "header";
        case Role::c_header: return "c_header";
        case Role::network: return "network";
        case Role::c_source: return "c_source";
        case Role::kernel: return "kernel";
        case Role::kernel_header: return "kernel_header";
        case Role::weights: return "weights";
        case Role::weights_source: return "weights_source";
        case Role::runtime: return "runtime";
        case Role::program_header: return "program_header";
        case Role::program_weights: return "program_weights";
        case Role::benchmark: return "benchmark";
        case Role::observer: return "observer";
        case Role::peak: return "peak";
        case Role::selftest: return "selftest";
        case Role::application: return "application";
        case Role::build: return "build";
        case Role::facts: return "facts";
        case Role::guide: return "guide";
    }
    return nullptr;
}

/// Of the sources of the library.
extern const std::vector<Role> library_roles;

struct ManifestEntry {
    std::string path;  // relative to the folder
    Role role;
};

/// All files of an emitted folder but plan.json, each once.
class Manifest {
  public:
    void add(const std::string& path, Role role) { entries_.push_back({path, role}); }
    /// All of another manifest, below a folder ("" or "name/").
    void add_folder(const std::string& folder, const Manifest& manifest);

    const std::vector<ManifestEntry>& entries() const { return entries_; }
    /// The files of these roles in the order in which a linker gets them: a network before its kernels, these in run
    /// order, and what is of all targets before what is of one.
    std::vector<std::string> paths(const std::vector<Role>& roles) const;
    /// What lies below a folder ("name/"), with paths from there.
    Manifest below(const std::string& folder) const;

  private:
    std::vector<ManifestEntry> entries_;
};

/// Of what a product needs: a network for one target or several, without programs.
Manifest product_manifest(const std::vector<Emission>& targets);

/// Of the whole folder, programs and CMakeLists.txt among them.
Manifest folder_manifest(const std::vector<Emission>& targets, bool selftest);

/// Of a network as a single file.
Manifest single_file_manifest(const std::vector<Emission>& targets);

}  // namespace ssdgen
