// What plan.json says of the files of a folder.
#include "description/taken_names.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <set>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

namespace fs = std::filesystem;
using Roles = std::map<std::string, std::string>;  // by path

/// The specimen's folder in a form.
struct Emitted {
    explicit Emitted(const std::string& options) {
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") +
                            " --random-weights 1 --out net " + options,
                        folder.path());
    }

    /// What a plan.json lists; in order, and each path once.
    Roles listed(const std::string& below = "") const {
        Roles roles;
        std::string before;
        const auto plan = nlohmann::json::parse(read_file(folder.path("net/" + below + "plan.json")));
        for (const auto& file : plan.at("files")) {
            const std::string path = file.at("path");
            CHECK(before < path);
            before = path;
            roles[path] = file.at("role");
        }
        return roles;
    }

    /// The files that there are, but for the plan.json itself.
    std::set<std::string> present(const std::string& below = "") const {
        const fs::path root = folder.path("net/" + below);
        std::set<std::string> paths;
        for (const auto& entry : fs::recursive_directory_iterator(root))
            if (entry.is_regular_file()) paths.insert(entry.path().lexically_relative(root).generic_string());
        paths.erase("plan.json");
        return paths;
    }

    TemporaryFolder folder;
};

std::set<std::string> paths(const Roles& roles) {
    std::set<std::string> all;
    for (const auto& [path, role] : roles) all.insert(path);
    return all;
}

std::set<std::string> with_role(const Roles& roles, const std::string& wanted) {
    std::set<std::string> all;
    for (const auto& [path, role] : roles)
        if (role == wanted) all.insert(path);
    return all;
}

}  // namespace

TEST_CASE("plan.json lists every file of its folder, in every form of the weights, for one target and for several") {
    for (const std::string weights : {"object", "array", "file"})
        for (const std::string target : {"portable", "portable,x86-64-v3"})
            for (const std::string more : {"", " --no-selftest", " --unroll compact", " --single-file"}) {
                if (weights == "object" && more == " --single-file") continue;  // which has no assembler
                CAPTURE(weights);
                CAPTURE(target);
                CAPTURE(more);
                const Emitted net("--weights-as " + weights + " --target " + target + more);
                CHECK(paths(net.listed()) == net.present());
            }
}

TEST_CASE("The plan.json of one of several targets lists the files of that target's folder") {
    const Emitted net("--target portable,x86-64-v3 --weights-as file");
    for (const std::string below : {"portable/", "x86_64_v3/"}) {
        CHECK(paths(net.listed(below)) == net.present(below));
        const Roles all = net.listed();
        for (const auto& [path, role] : net.listed(below)) CHECK(all.at(below + path) == role);
        CHECK(all.at(below + "plan.json") == "facts");
    }
}

TEST_CASE("The role of weights is that of the files that a product brings along") {
    const std::string several = " --target portable,x86-64-v3";
    CHECK(with_role(Emitted("--target portable --weights-as file").listed(), "weights") ==
          std::set<std::string>{"specimen_weights.bin"});
    CHECK(with_role(Emitted("--weights-as file" + several).listed(), "weights") ==
          std::set<std::string>{"portable/specimen_portable_weights.bin", "x86_64_v3/specimen_x86_64_v3_weights.bin"});
    CHECK(with_role(Emitted("--weights-as file --single-file" + several).listed(), "weights") ==
          std::set<std::string>{"specimen_portable_weights.bin", "specimen_x86_64_v3_weights.bin"});
    CHECK(with_role(Emitted("--weights-as array" + several).listed(), "weights").empty());
}

TEST_CASE("No network can be called what a file of the folder is called that is not the network's own") {
    for (const auto& [path, role] : Emitted("--target portable").listed()) {
        const std::string first = path.substr(0, path.find_first_of("./"));
        if (first.rfind("specimen", 0) == 0) continue;
        CHECK_MESSAGE(!taken_by(first).empty(), first);
    }
}
