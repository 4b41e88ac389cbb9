#include "support/files.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

namespace fs = std::filesystem;

namespace {

const fs::path source = SSDGEN_SOURCE_DIR;

/// A fresh folder, gone with the test.
struct Folder {
    fs::path path = fs::temp_directory_path() / ("ssdgen_test_specimen_" + std::to_string(getpid()));
    Folder() { fs::remove_all(path); }
    ~Folder() { fs::remove_all(path); }
};

/// Path below the folder -> bytes; a build folder that a reader made in it does not count.
std::map<std::string, std::string> files_below(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        const std::string name = entry.path().lexically_relative(folder).generic_string();
        if (entry.is_regular_file() && name.rfind("build/", 0) != 0)
            files[name] = ssdgen::read_file(entry.path().string());
    }
    return files;
}

std::string line_at(const std::string& text, std::size_t position) {
    const std::size_t begin = position == 0 ? 0 : text.rfind('\n', position - 1) + 1;
    return text.substr(begin, text.find('\n', begin) - begin);
}

/// "conv0.cpp:7: generated/specimen has \"a\", ssdgen now gives \"b\"" for the first line that differs; empty if none
/// does.
std::string first_difference(const std::string& name, const std::string& kept, const std::string& fresh) {
    if (kept == fresh) return "";
    const auto end = kept.begin() + std::ptrdiff_t(std::min(kept.size(), fresh.size()));
    const auto at = std::size_t(std::mismatch(kept.begin(), end, fresh.begin()).first - kept.begin());
    if (name.size() > 4 && name.substr(name.size() - 4) == ".bin") return fmt::format("{}: byte {} differs", name, at);
    return fmt::format("{}:{}: generated/specimen has \"{}\", ssdgen now gives \"{}\"", name,
                       1 + std::count(kept.begin(), kept.begin() + std::ptrdiff_t(at), '\n'), line_at(kept, at),
                       line_at(fresh, at));
}

}  // namespace

TEST_CASE("generated/specimen is what ssdgen emits now, byte for byte") {
    const Folder folder;
    const std::string command =
        fmt::format("\"{}\" generate \"{}\" --random-weights 1 --target portable --out \"{}\" > /dev/null",
                    SSDGEN_EXECUTABLE, (source / "configs/specimen.json").string(), folder.path.string());
    REQUIRE(std::system(command.c_str()) == 0);

    const auto kept = files_below(source / "generated/specimen");
    const auto fresh = files_below(folder.path);
    INFO("if the change is meant: ./run specimen");
    for (const auto& [name, bytes] : fresh) {
        const auto found = kept.find(name);
        const std::string difference = found == kept.end() ? name + ": missing in generated/specimen"
                                                           : first_difference(name, found->second, bytes);
        CHECK_MESSAGE(difference.empty(), difference);
    }
    for (const auto& [name, bytes] : kept)
        CHECK_MESSAGE(fresh.count(name) == 1, name << ": ssdgen does not emit it any more");
}

TEST_CASE("generated/specimen stays small enough to be read") {
    std::size_t bytes = 0;
    for (const auto& [name, text] : files_below(source / "generated/specimen")) bytes += text.size();
    CHECK(bytes > 0);
    CHECK(bytes < 350'000);
}
