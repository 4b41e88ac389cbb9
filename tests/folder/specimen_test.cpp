#include "support/files.h"
#include "tools/temporary_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <string>

namespace fs = std::filesystem;

namespace {

const fs::path source = SSDGEN_SOURCE_DIR;

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

std::string kept(const std::string& file) { return ssdgen::read_file((source / "generated/specimen" / file).string()); }

}  // namespace

TEST_CASE("generated/specimen is what ssdgen emits now, byte for byte") {
    const ssdgen::test::TemporaryFolder folder;
    const std::string command =
        fmt::format("\"{}\" generate \"{}\" --random-weights 1 --target portable --out \"{}\" > /dev/null",
                    SSDGEN_EXECUTABLE, (source / "configs/specimen.json").string(), folder.path("out"));
    REQUIRE(std::system(command.c_str()) == 0);

    const auto kept = files_below(source / "generated/specimen");
    const auto fresh = files_below(folder.path("out"));
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

// Bytes can be renewed unread; these figures can not. Counted by hand from configs/specimen.json: multiply-adds with
// the padding's, weights with biases.
TEST_CASE("generated/specimen is the network of its description, by its figures") {
    struct Layer {
        const char *name, *kind;
        int height, width, channels, macs, params;
    };
    const Layer layers[] = {{"conv0", "convolution", 12, 12, 8, 12 * 12 * 8 * 9 * 3, 8 * 28},
                            {"conv1/dw", "depthwise", 6, 6, 8, 6 * 6 * 8 * 9, 8 * 10},
                            {"conv1", "pointwise", 6, 6, 16, 6 * 6 * 16 * 8, 16 * 9},
                            {"conv1_mbox_loc", "pointwise", 6, 6, 3 * 4, 6 * 6 * 12 * 16, 12 * 17},
                            {"conv1_mbox_conf", "pointwise", 6, 6, 3 * 3, 6 * 6 * 9 * 16, 9 * 17},
                            {"conv2/dw", "depthwise", 3, 3, 16, 3 * 3 * 16 * 9, 16 * 10},
                            {"conv2", "pointwise", 3, 3, 24, 3 * 3 * 24 * 16, 24 * 17},
                            {"conv2_mbox_loc", "pointwise", 3, 3, 4 * 4, 3 * 3 * 16 * 24, 16 * 25},
                            {"conv2_mbox_conf", "pointwise", 3, 3, 4 * 3, 3 * 3 * 12 * 24, 12 * 25}};
    const auto plan = nlohmann::json::parse(kept("plan.json"));
    REQUIRE(plan["layers"].size() == std::size(layers));
    for (std::size_t i = 0; i < std::size(layers); ++i) {
        const nlohmann::json& layer = plan["layers"][i];
        const Layer& wanted = layers[i];
        CAPTURE(wanted.name);
        CHECK(layer["name"] == wanted.name);
        CHECK(layer["kind"] == wanted.kind);
        CHECK(layer["output"] == nlohmann::json({wanted.height, wanted.width, wanted.channels}));
        CHECK(layer["macs"] == wanted.macs);
        CHECK(layer["params"] == wanted.params);
    }
    CHECK(plan["target"] == "portable");
    CHECK(plan["total_macs"] == 61200);
    CHECK(plan["total_params"] == 2073);
    CHECK(plan["priors"] == 6 * 6 * 3 + 3 * 3 * 4);
    CHECK(plan["classes"] == 3);
    CHECK(plan["stack_bytes"] == 6592);  // more than the deepest calls' frames: tests/folder/stack_test.cpp
    // 2 124 floats, blocks of channels being filled up to whole vectors of 4; then layers to whole lines of the cache.
    CHECK(plan["weights_bytes"] == 8576);
    CHECK(std::filesystem::file_size(source / "generated/specimen/specimen_weights.bin") == 8576);
    // What the plan of memory reaches; a better one may make it less, and is written down here then.
    CHECK(plan["arena_bytes"] == 11584);
    CHECK(plan["thread_scratch_bytes"] == 1088);
    // 31 kB of machine code from GCC 12 with -O2, 38 kB with -O3.
    CHECK(plan["code_bytes_estimate"] > 28000);
    CHECK(plan["code_bytes_estimate"] < 38000);
}

TEST_CASE("generated/specimen's headers declare what a product calls, and state the plan's figures") {
    const auto plan = nlohmann::json::parse(kept("plan.json"));
    const std::string header = kept("specimen.h"), c_header = kept("specimen_c.h");
    for (const char* fact :
         {"arena_bytes", "weights_bytes", "thread_scratch_bytes", "stack_bytes", "code_bytes_estimate"})
        CHECK_MESSAGE(header.find(fmt::format("inline constexpr std::size_t {} = {};", fact, plan[fact].get<int>())) !=
                          std::string::npos,
                      fact);
    for (const char* call : {"void forward(const std::uint8_t* image, float* boxes, float* logits,", "int detect("})
        CHECK_MESSAGE(header.find(call) != std::string::npos, call);
    for (const char* call : {"specimen_forward(", "specimen_detect("})
        CHECK_MESSAGE(c_header.find(call) != std::string::npos, call);
}

TEST_CASE("generated/specimen stays small enough to be read") {
    std::size_t bytes = 0;
    for (const auto& [name, text] : files_below(source / "generated/specimen")) bytes += text.size();
    CHECK(bytes > 0);
    CHECK(bytes < 335'000);
}
