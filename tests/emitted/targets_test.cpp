// The instruction sets among themselves, on a network of full size. (agreement_test.cpp does it on small ones.)
#include "description/read.h"
#include "tools/generated_program.h"
#include "tools/network.h"
#include "tools/program.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// The largest difference, as a share of the largest magnitude.
double share_of_magnitude(const std::vector<float>& found, const std::vector<float>& wanted) {
    return difference(found, wanted) / magnitude({wanted.begin(), wanted.end()});
}

}  // namespace

TEST_CASE("Caffe's detector at alpha 1, 300 x 300: all targets agree within 1e-5 of the output's largest magnitude") {
    std::vector<GeneratedNetwork> networks;
    for (const Target& target : runnable_targets()) {
        networks.push_back({read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json"),
                            fmt::format("--random-weights 1 --target {}", target.name)});
        networks.back().description.name = target_suffix(target);
    }
    const GeneratedProgram program(networks);
    std::vector<std::uint8_t> picture(300 * 300 * 3);
    std::uint32_t state = 1;
    for (std::uint8_t& byte : picture) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);

    const std::string& first_name = networks[0].description.name;
    const GeneratedOutputs first = program.run(first_name, picture);
    CHECK(first.boxes.size() == 1917 * 4);
    CHECK(first.logits.size() == 1917 * 21);
    for (std::size_t i = 1; i < networks.size(); ++i) {
        const std::string& name = networks[i].description.name;
        CAPTURE(name);
        const GeneratedOutputs other = program.run(name, picture);
        const double boxes = share_of_magnitude(other.boxes, first.boxes);
        const double logits = share_of_magnitude(other.logits, first.logits);
        CHECK(boxes <= 1e-5);
        CHECK(logits <= 1e-5);
        MESSAGE(name << " and " << first_name << ": boxes differ by " << boxes << ", logits by " << logits);
    }
}
