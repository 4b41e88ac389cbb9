// The forms that one network can be emitted in: the same bits from all of them.
#include "support/files.h"
#include "tools/program.h"
#include "tools/shell.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const char* const driver = R"(
#include "specimen.h"
#include <cstdio>
#include <vector>

static specimen::Workspace workspace;

int main(int argc, char** argv) {
    if (argc > 2) return 2;
#ifdef WEIGHTS_FILE
    std::vector<float> bytes(1 << 20);
    std::FILE* const file = std::fopen(argv[1], "rb");
    const std::size_t size = std::fread(bytes.data(), 1, bytes.size() * sizeof(float), file);
    std::fclose(file);
    const std::uint8_t pixel[3] = {};
    const ssd::Image one{pixel, 1, 1, 3};
    ssd::Detection found[1];
    if (specimen::detect(one, workspace, found, 1) != static_cast<int>(ssd::Error::no_weights)) return 3;
    if (specimen::use_weights(workspace, bytes.data(), size - 4) == nullptr) return 4;
    if (specimen::use_weights(workspace, bytes.data(), size) != nullptr) return 5;
#else
    static_cast<void>(argv);
#endif
    std::vector<std::uint8_t> picture(specimen::input_height * specimen::input_width * specimen::input_channels);
    std::uint32_t state = 1;
    for (std::uint8_t& byte : picture) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    std::vector<float> boxes(specimen::priors * 4), logits(specimen::priors * specimen::classes);
    specimen::forward(picture.data(), boxes.data(), logits.data(), workspace);
    for (float value : boxes) std::printf("%a\n", static_cast<double>(value));
    for (float value : logits) std::printf("%a\n", static_cast<double>(value));
}
)";

/// The raw outputs of one form, as text; every bit shows.
std::string outputs_of(const std::string& options, const std::string& sources, const std::string& flags,
                       const std::string& arguments) {
    const TemporaryFolder folder;
    require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") +
                    " --random-weights 3 --out " + quoted(folder.path("out")) + " " + options);
    write_if_changed(folder.path("out/driver.cpp"), driver);
    require_command(compiler() + " -std=c++17 -O2 " + flags + " driver.cpp specimen.cpp " + sources + " -o driver",
                    folder.path("out"));
    return require_command("./driver " + arguments, folder.path("out")).output;
}

/// The zoo's max pools in a form.
Network maxima(const Target& target, Unroll form) {
    const std::vector<Zoo> all = zoo();
    const auto found = std::find_if(all.begin(), all.end(), [](const Zoo& one) { return one.name == "maxima"; });
    REQUIRE(found != all.end());
    Zoo named = *found;
    named.name += fmt::format("_{}_{}", target_suffix(target), word(form));
    Recipe recipe{description_of(named), target, 5};
    recipe.form.unroll = form;
    return make_network(recipe);
}

const char* const strict = " -Wall -Wextra -Wpedantic -Wconversion -Werror";

}  // namespace

TEST_CASE(
    "Weights as object, array and file, folder and single file, compact, tiles and whole layers unrolled give the same "
    "bits") {
    std::string before;  // what another target or type gave
    for (const std::string target :
         {"native", "portable", "native --weights-type bf16", "portable --weights-type f16"}) {
        CAPTURE(target);
        const std::string to = " --target " + target + " ";
        const std::string folder_form = std::string("-I.") + strict;
        const std::string expected = outputs_of(to, "layers/*.cpp specimen_weights.S", folder_form, "");
        CHECK(expected.size() > 1000);
        CHECK(expected != before);
        before = expected;
        CHECK(outputs_of(to + "--weights-as array", "layers/*.cpp specimen_weights.cpp", folder_form, "") == expected);
        CHECK(outputs_of(to + "--weights-as file", "layers/*.cpp", folder_form + " -DWEIGHTS_FILE",
                         "specimen_weights.bin") == expected);
        CHECK(outputs_of(to + "--single-file", "", strict, "") == expected);
        CHECK(outputs_of(to + "--single-file --weights-as file", "", std::string("-DWEIGHTS_FILE") + strict,
                         "specimen_weights.bin") == expected);
        CHECK(outputs_of(to + "--unroll compact", "layers/*.cpp specimen_weights.S", folder_form, "") == expected);
        CHECK(outputs_of(to + "--unroll compact --single-file", "", strict, "") == expected);
        CHECK(outputs_of(to + "--unroll full --code-budget 100000000", "layers/*.cpp specimen_weights.S", folder_form,
                         "") == expected);
    }
}

TEST_CASE("With a budget for all of it, no loop is left in the layers; with one byte, nothing is unrolled") {
    const auto loops = [](const std::string& budget) {
        const TemporaryFolder folder;
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(SSDGEN_SOURCE_DIR "/configs/specimen.json") +
                        " --random-weights 3 --unroll full --code-budget " + budget + " --out " +
                        quoted(folder.path("out")));
        const std::string unrolled =
            require_command("grep -c '\"unrolled\": true' plan.json || true", folder.path("out")).output;
        const std::string files =
            require_command("grep -lE '(for|while) \\(' layers/*.cpp | wc -l", folder.path("out")).output;
        return unrolled + files;
    };
    const std::string all = loops("100000000");
    CHECK(all.substr(all.find('\n')) == "\n0\n");
    CHECK(all.substr(0, 1) != "0");
    CHECK(loops("1").substr(0, 2) == "0\n");
}

TEST_CASE("Max pools give the same bits compact, in tiles and unrolled whole, on every target and for 1 to 3 threads") {
    std::vector<Network> networks;
    for (const Target& target : runnable_targets())
        for (const Unroll form : {Unroll::tile, Unroll::compact, Unroll::full}) {
            networks.push_back(maxima(target, form));
            networks.back().selftest = false;
        }
    std::vector<const Network*> all;
    for (const Network& network : networks) all.push_back(&network);
    const Program program(all);
    const auto pictures = pictures_for(networks[0]);
    std::vector<Run> expected;  // the target's tiles'
    for (std::size_t index = 0; index < networks.size(); ++index) {
        CAPTURE(networks[index].name());
        const std::vector<Run> runs = program.run(networks[index], pictures);
        if (index % 3 == 0) expected = runs;
        for (std::size_t picture = 0; picture < pictures.size(); ++picture) {
            const RawOutputs& wanted = expected[picture].threads[0];
            for (const auto& [layer, values] : expected[picture].layers) {
                CAPTURE(layer);
                CHECK(difference(runs[picture].layers.at(layer), values) == 0);
            }
            for (const RawOutputs& outputs : runs[picture].threads) {
                CHECK(difference(outputs.boxes, wanted.boxes) == 0);
                CHECK(difference(outputs.logits, wanted.logits) == 0);
            }
        }
    }
}
