// What plan.json says of the files of a folder.
#include "description/taken_names.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
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

/// The words in backticks of the table of files in generated/README.md; a word that begins with a dot goes on from the
/// one before it: `NAME_weights.bin`, `.S`.
std::vector<std::string> documented() {
    const std::string text = read_file(SSDGEN_SOURCE_DIR "/generated/README.md");
    const std::size_t start = text.find("## The files"), end = text.find("\n\n", text.find("|---", start));
    std::vector<std::string> words;
    std::size_t line = text.find("|---", start);
    while ((line = text.find('\n', line) + 1) < end) {
        const std::string cell = text.substr(line, text.find(" | ", line) - line);
        for (std::size_t at = cell.find('`'); at != std::string::npos; at = cell.find('`', at + 1)) {
            std::string word = cell.substr(at + 1, cell.find('`', at + 1) - at - 1);
            at += word.size() + 1;
            if (word[0] == '.') word = words.back().substr(0, words.back().rfind('.')) + word;
            words.push_back(word);
        }
    }
    return words;
}

/// "layers/LAYER.cpp" for every source there, "ssd/" for all below it, "NAME_expected.*".
bool documents(const std::string& word, const std::string& path) {
    if (word == "layers/LAYER.cpp") return path.rfind("layers/", 0) == 0 && fs::path(path).extension() == ".cpp";
    if (word.back() == '/') return path.rfind(word, 0) == 0;
    if (word.back() == '*') return path.rfind(word.substr(0, word.size() - 1), 0) == 0;
    return word == path;
}

}  // namespace

TEST_CASE("generated/README.md says of every file of a folder what it is, and of no other") {
    const std::vector<std::string> words = documented();
    CHECK(words.size() > 20);
    std::set<std::string> seen;
    const std::string specimen = "specimen";
    std::vector<Roles> folders;
    for (const char* options : {"--target portable", "--target portable --weights-as array",
                                "--target portable --weights-as file", "--target portable --unroll compact"})
        folders.push_back(Emitted(options).listed());
    for (const Roles& roles : folders)
        for (const auto& [path, role] : roles) {
            std::string named = path;
            if (named.rfind(specimen, 0) == 0) named.replace(0, specimen.size(), "NAME");
            bool said = false;
            for (const std::string& word : words)
                if (documents(word, named)) said = seen.insert(word).second || true;
            CHECK_MESSAGE(said, path);
        }
    for (const std::string& word : words)
        if (word != "plan.json" && word != "classify.cpp") CHECK_MESSAGE(seen.count(word) == 1, word);
}
