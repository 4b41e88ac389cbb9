// How long the lines of emitted sources are.
#include "emit/print/wrap.h"
#include "support/files.h"
#include "tools/shell.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

namespace fs = std::filesystem;

bool is_source(const fs::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".cpp" || ending == ".h" || ending == ".S";
}

bool is_one_word(const std::string& line) {
    const std::size_t begin = line.find_first_not_of(" /");
    return line.find(' ', begin) == std::string::npos;
}

/// It stays whole, to be run.
bool is_command(const std::string& line) { return line.find(" ssdgen generate ") != std::string::npos; }

/// Kernels, their declarations, what they share, and weights.
bool is_of_kernels(const std::string& path) {
    const bool layers = path.rfind("layers/", 0) == 0 || path.find("/layers/") != std::string::npos;
    const std::string file = path.substr(path.rfind('/') + 1);
    return (layers && file != "streams.h" && file != "vectors.h") || file.find("_weights.") != std::string::npos;
}

/// Generates and looks at each line.
void check_lines(const std::string& description, const std::string& options) {
    CAPTURE(options);
    const TemporaryFolder folder;
    require_command(
        quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(description) + " --random-weights 1 --out net " + options,
        folder.path());
    const fs::path root = folder.path("net");
    std::size_t lines = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        const std::string path = entry.path().lexically_relative(root).generic_string();
        if (!entry.is_regular_file() || !is_source(entry.path()) || !is_of_kernels(path)) continue;
        std::istringstream text(read_file(entry.path().string()));
        for (std::string line; std::getline(text, line); ++lines)
            CHECK_MESSAGE((line.size() <= most_columns || is_one_word(line) || is_command(line)), path << ": " << line);
    }
    CHECK(lines > 100);
}

}  // namespace

TEST_CASE("No line of a kernel's file is longer than 140 columns, in every form, on several targets") {
    const std::string specimen = SSDGEN_SOURCE_DIR "/configs/specimen.json",
                      detector = SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json";
    for (const std::string form : {"", " --unroll compact", " --unroll full"}) {
        for (const std::string target : {"portable", "x86-64-v4", "portable,x86-64-v3"})
            check_lines(specimen, "--no-selftest --target " + target + form);
        check_lines(detector, "--no-selftest --alpha 0.25 --rho 0.5 --target x86-64-v4" + form);
    }
    check_lines(specimen, "--no-selftest --target x86-64-v3 --weights-type bf16 --unroll compact");
    check_lines(specimen, "--no-selftest --target portable --weights-as array");
    check_lines(detector, "--no-selftest --alpha 0.25 --rho 0.5 --target portable --weights-as array");
}

TEST_CASE("Nor where layers have the longest names and windows many rows") {
    Zoo zoo{"long_names"};
    const std::string long_name(190, 'n');
    zoo.layers = {convolution("c0", 18, 3, 1),
                  convolution(long_name + "/1", 20, 7, 1, R"("input": "c0")"),
                  convolution(long_name + "/2", 20, 7, 1, R"("input": "c0")"),
                  depthwise(long_name + "/3", 13, 1),
                  max_pool(long_name + "/4", "9", 2),
                  pointwise(long_name + "/5", 9)};
    zoo.sources = {long_name + "/1", long_name + "/2", long_name + "/5"};
    const TemporaryFolder folder;
    write_if_changed(folder.path("net.json"), description_of(zoo));
    for (const std::string form : {"", " --unroll compact", " --unroll full"})
        for (const std::string target : {"portable", "x86-64-v4"})
            check_lines(folder.path("net.json"), "--no-selftest --target " + target + form);
}
