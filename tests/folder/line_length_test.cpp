// How long the lines of emitted sources are.
#include "emit/print/wrap.h"
#include "support/files.h"
#include "tools/shell.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

#include <algorithm>
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
    return ending == ".cpp" || ending == ".h" || ending == ".S" || path.filename() == "CMakeLists.txt";
}

/// Whether it is only longer because of a word that is, a layer's name: one of 20 in its place would leave room.
bool has_long_word(const std::string& line) {
    std::size_t longest = 20;
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
        end = line.find(' ', begin);
        longest = std::max(longest, std::min(end, line.size()) - begin);
    }
    return line.size() - longest + 20 <= most_columns;
}

/// It stays whole, to be run.
bool is_command(const std::string& line) { return line.find(" ssdgen generate ") != std::string::npos; }

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
        if (!entry.is_regular_file() || !is_source(entry.path())) continue;
        std::istringstream text(read_file(entry.path().string()));
        for (std::string line; std::getline(text, line); ++lines)
            CHECK_MESSAGE((line.size() <= most_columns || has_long_word(line) || is_command(line)),
                          path << ": " << line);
    }
    CHECK(lines > 100);
}

}  // namespace

TEST_CASE("No line of a source is longer than 140 columns, in every form, on several targets") {
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
