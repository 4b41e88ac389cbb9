// Several variants of one network in one program: each under a name of its own, with one copy of what they have in
// common.
#include "emit/print/template.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>
#include <sstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const char* const strict = " -std=c++17 -O2 -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion -Werror ";

// Prints every bit of the outputs of the variants that are named, chosen at run time.
const char* const program = R"(
#include "half.h"
#include "whole.h"
#include <cstdio>
#include <cstring>

static whole::Workspace of_whole;
static half::Workspace of_half;

int main(int argc, char** argv) {
    static std::uint8_t picture[24 * 24 * 3];
    for (std::size_t i = 0; i < sizeof picture; ++i) picture[i] = static_cast<std::uint8_t>(i * i % 251);
    static float boxes[whole::priors * 4], logits[whole::priors * whole::classes];
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "whole") == 0)
            whole::forward(picture, boxes, logits, of_whole);
        else
            half::forward(picture, boxes, logits, of_half);
        for (float value : boxes) std::printf("%a\n", static_cast<double>(value));
        for (float value : logits) std::printf("%a\n", static_cast<double>(value));
    }
}
)";

/// The specimen with a layer that alpha leaves alone, at alpha 1 (whole) and 0.5 (half): what follows that layer is
/// common.
struct Variants {
    TemporaryFolder folder;

    explicit Variants(const std::string& options) {
        std::string text = read_file(SSDGEN_SOURCE_DIR "/configs/specimen.json");
        const std::string head = "  \"head\": {";
        text.insert(text.find(head), R"(  "extras": [{"name": "conv3", "type": "pointwise", "channels": 24},
             {"name": "conv4", "type": "pointwise", "channels": 16}],
)");
        const std::string source = "\"layer\": \"conv2\"";
        text.replace(text.find(source), source.size(), "\"layer\": \"conv4\"");
        write_if_changed(folder.path("net.json"), text);
        write_if_changed(folder.path("main.cc"), program);
        generate("whole", "1", options);
        generate("half", "0.5", options);
    }

    void generate(const std::string& name, const std::string& alpha, const std::string& options) const {
        require_command(
            fmt::format("{} generate net.json --random-weights 4 --no-selftest --name {} --out {} --alpha {} {}",
                        quoted(SSDGEN_EXECUTABLE), name, name, alpha, options),
            folder.path());
    }

    /// An archive of each one's objects, as their build files make.
    void make_archives() const {
        for (const char* name : {"whole", "half"})
            require_command(fmt::format("for f in *.cpp layers/*.cpp *.S; do case $f in {0}*|layers/*) {1}{2} -I. -c "
                                        "$f -o $(basename $f).o || exit 1;; esac; done; "
                                        "ar rcs ../lib{0}.a *.o",
                                        name, compiler(), strict),
                            folder.path(name));
    }

    std::string link(const std::string& inputs, const std::string& output) const {
        require_command(fmt::format("{}{} -Iwhole -Ihalf {} -o {}", compiler(), strict, inputs, output), folder.path());
        return require_command("./" + output + " whole half whole", folder.path()).output;
    }

    /// Demangled name to how often a file defines it: kernels and what they are made of.
    std::map<std::string, int> kernels(const std::string& file) const {
        std::istringstream lines(require_command("nm -C --defined-only " + file +
                                                     " | sed -n 's/^[0-9a-f]* [a-zA-Z] \\(ssd::kernels::.*\\)/\\1/p'",
                                                 folder.path())
                                     .output);
        std::map<std::string, int> counts;
        for (std::string line; std::getline(lines, line);) ++counts[line];
        return counts;
    }

    int code_bytes(const std::string& file) const {
        return std::stoi(require_command("size " + file + " | tail -n 1 | cut -f 1", folder.path()).output);
    }
};

}  // namespace

TEST_CASE("Two alphas of one network in one program: each gives its own results, equal kernels are there once") {
    for (const char* options : {"--target x86-64-v2", "--target native", "--target x86-64-v2 --unroll compact",
                                "--target x86-64-v2 --unroll full"}) {
        CAPTURE(std::string(options));
        const Variants variants(options);
        variants.make_archives();
        const std::string both = variants.link("main.cc libwhole.a libhalf.a", "both");

        int shared = 0;
        const std::map<std::string, int> of_whole = variants.kernels("libwhole.a"),
                                         of_half = variants.kernels("libhalf.a");
        for (const auto& kernel : of_whole) shared += int(of_half.count(kernel.first));
        CHECK(shared > 1);
        const std::map<std::string, int> linked = variants.kernels("both");
        CHECK(linked.size() == of_whole.size() + of_half.size() - std::size_t(shared));
        for (const auto& [name, count] : linked) {
            CAPTURE(name);
            CHECK(count == 1);
        }
        // Whatever is linked first, and without libraries: objects one by one.
        CHECK(variants.link("main.cc libhalf.a libwhole.a", "reversed") == both);
        const std::string objects = variants.link("main.cc whole/*.o half/*.o", "objects");
        CHECK(objects == both);
        CHECK(variants.code_bytes("both") < variants.code_bytes("objects"));

        const std::string whole_alone = require_command("./both whole", variants.folder.path()).output;
        const std::string half_alone = require_command("./both half", variants.folder.path()).output;
        CHECK(whole_alone != half_alone);
        CHECK(both == whole_alone + half_alone + whole_alone);
    }
}

TEST_CASE(
    "Two alphas of one network for the target portable in one program: each has kernels of its own, none is weak") {
    for (const char* options : {"--target portable", "--target portable --unroll compact"}) {
        CAPTURE(std::string(options));
        const Variants variants(options);
        variants.make_archives();
        const std::string both = variants.link("main.cc libwhole.a libhalf.a", "both");
        CHECK(variants.link("main.cc half/*.o whole/*.o", "objects") == both);

        const std::string kernel = "ssd::kernels::portable::network_", of_whole = kernel + "whole::";
        int kernels = 0;
        for (const auto& [name, count] : variants.kernels("both")) {
            if (name.find(kernel) != 0) continue;  // an operation on vectors
            CAPTURE(name);
            CHECK(count == 1);
            kernels += name.find(of_whole) == 0;
        }
        CHECK(kernels > 1);
        // V, W: a definition that gives way to another one.
        CHECK(require_command("nm -C libwhole.a | sed -n '/ [VvWw] ssd::kernels::/p'", variants.folder.path()).output ==
              "");
    }
}

TEST_CASE("Two alphas as single files link as well") {
    const Variants folders("--target native"), single("--target native --single-file");
    folders.make_archives();
    CHECK(single.link("main.cc whole/whole.cpp half/half.cpp", "single") ==
          folders.link("main.cc libwhole.a libhalf.a", "both"));
}
