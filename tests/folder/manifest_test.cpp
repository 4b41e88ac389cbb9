// What plan.json says of the files of a folder.
#include "description/taken_names.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <vector>

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

namespace {

/// The words in backticks of the first column of the table of files in a guide, and the role of the row.
Roles documented(const std::string& guide) {
    const std::size_t start = guide.find("## The files"), end = guide.find("\n\n", guide.find("|---", start));
    Roles words;
    std::size_t line = guide.find("|---", start);
    while ((line = guide.find('\n', line) + 1) < end) {
        const std::size_t bar = guide.find(" | ", line);
        const std::string cell = guide.substr(line, bar - line);
        const std::string role = guide.substr(bar + 4, guide.find('`', bar + 4) - bar - 4);
        for (std::size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
            const std::size_t close = cell.find('`', at + 1);
            words[cell.substr(at + 1, close - at - 1)] = role;
            at = close;
        }
    }
    return words;
}

/// "layers/*.cpp" for every source there.
bool documents(const std::string& word, const std::string& path) {
    const std::size_t star = word.find('*');
    if (star == std::string::npos) return word == path;
    const std::string start = word.substr(0, star), end = word.substr(star + 1);
    return path.rfind(start, 0) == 0 && path.size() >= end.size() &&
           path.compare(path.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

namespace {

/// Whether a guide's table has each file with its role, and nothing else. targets: folders that have guides of their
/// own.
void check_guide(const std::string& guide, Roles listed, const std::vector<std::string>& targets = {}) {
    Roles words = documented(guide);
    listed["plan.json"] = "facts";
    for (const std::string& folder : targets) {
        CHECK_MESSAGE(words.erase(folder + "*") == 1, folder);
        for (auto file = listed.begin(); file != listed.end();)
            file = file->first.rfind(folder, 0) == 0 ? listed.erase(file) : std::next(file);
    }
    std::set<std::string> seen;
    for (const auto& [path, role] : listed) {
        bool said = false;
        for (const auto& [word, role_there] : words)
            if (documents(word, path) && role == role_there) said = seen.insert(word).second || true;
        CHECK_MESSAGE(said, path);
    }
    for (const auto& [word, role] : words) CHECK_MESSAGE(seen.count(word) == 1, word);
}

}  // namespace

TEST_CASE("NAME_guide.md says of every file of a folder what it is, with its role, and of no other") {
    for (const char* options :
         {"--target portable", "--target portable --weights-as array", "--target portable --weights-as file",
          "--target portable --unroll compact", "--target portable --weights-as file --single-file",
          "--target portable,x86-64-v3 --weights-as array --single-file", "--target portable --no-selftest"}) {
        CAPTURE(options);
        const Emitted net(options);
        check_guide(read_file(net.folder.path("net/specimen_guide.md")), net.listed());
    }
    const Emitted net("--target portable,x86-64-v3");
    check_guide(read_file(net.folder.path("net/specimen_guide.md")), net.listed(), {"portable/", "x86_64_v3/"});
    check_guide(read_file(net.folder.path("net/portable/specimen_portable_guide.md")), net.listed("portable/"));
}
