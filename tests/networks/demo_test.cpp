// The networks of configs/demo find what is in the picture that comes with them; those in 8 bits are made of those in
// float, and lose next to nothing.
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace ssdgen::test;

namespace {

using Json = nlohmann::json;

const std::string demo = SSDGEN_SOURCE_DIR "/configs/demo/";

struct Object {
    int label;
    std::vector<double> box;  // ymin, xmin, ymax, xmax
};

/// As configs/demo/pictures.py says of number 11 of seed 3.
const std::vector<Object> objects{{2, {0.4, 0.4646, 0.7667, 0.8438}},      // a bicycle, partly hidden by a camel
                                  {13, {0.1354, 0.6271, 0.3146, 0.8104}},  // a horse
                                  {16, {0.2354, 0.1604, 0.3417, 0.2604}},  // a potted plant
                                  {7, {0.3458, 0.0104, 0.6542, 0.5104}},   // a car
                                  {16, {0.1542, 0.3563, 0.3438, 0.5146}},  // another, half behind grapes
                                  {3, {0.9125, 0.375, 0.9854, 0.4813}}};   // a bird, too small to be found surely

double overlap(const std::vector<double>& a, const std::vector<double>& b) {
    const auto area = [](const std::vector<double>& box) {
        return std::max(0.0, box[2] - box[0]) * std::max(0.0, box[3] - box[1]);
    };
    const double both = area({std::max(a[0], b[0]), std::max(a[1], b[1]), std::min(a[2], b[2]), std::min(a[3], b[3])});
    return both / (area(a) + area(b) - both);
}

/// An emitted network's NAME_detect.
class Program {
  public:
    Program(const std::string& weights, const std::string& options = "") {
        require_command(quoted(SSDGEN_EXECUTABLE) + " generate " + quoted(demo + "emoji_voc.json") +
                            " --no-selftest --out net " + options + " --weights " + quoted(demo + weights) +
                            " && CXX=" + quoted(compiler()) +
                            " cmake -S net -B b && cmake --build b -j2 --target emoji_voc_detect",
                        folder_.path());
    }

    Json run(const std::string& arguments) const {
        return Json::parse(require_command("b/emoji_voc_detect --json " + arguments, folder_.path()).output);
    }

    /// What it finds in the sample at its own threshold.
    Json detections() const { return run(quoted(demo + "sample.jpg")).at("detections"); }

    /// Of the pictures that the networks in 8 bits were calibrated on.
    double mean_average_precision() const {
        const std::string pictures = demo + "calibration";
        return run(quoted(pictures) + " --truth " + quoted(pictures + "/truth.txt")).at("map");
    }

  private:
    TemporaryFolder folder_;
};

/// The demo's network in float.
const Program& demo_network() {
    static const Program program("emoji_voc_050_192.safetensors");
    return program;
}

/// How many of the objects are found, and how many detections are of none.
std::pair<int, int> found_and_wrong(const Json& detections) {
    int found = 0, matching = 0;
    for (const Object& object : objects) {
        const auto matches = [&](const Json& one) {
            return one.at("class") == object.label &&
                   overlap(one.at("box").get<std::vector<double>>(), object.box) >= 0.5;
        };
        const int count = int(std::count_if(detections.begin(), detections.end(), matches));
        found += count > 0;
        matching += count;
    }
    return {found, int(detections.size()) - matching};
}

}  // namespace

TEST_CASE("The demo's network finds five of the six objects of its sample, and nothing that is not there") {
    if (lacks(need::stb)) return;
    const Json found = demo_network().detections();
    INFO(found.dump());
    const auto [right, wrong] = found_and_wrong(found);
    CHECK(right >= 5);
    CHECK(wrong == 0);
}

TEST_CASE(
    "Its smaller sisters, of alpha 0.25 and of 128 pixels, find four of them or more, and at most one that is not "
    "there") {
    if (lacks(need::stb)) return;
    for (const auto& [options, weights] : {std::pair("--alpha 0.25", "emoji_voc_025_192.safetensors"),
                                           std::pair("--rho 0.4266667", "emoji_voc_050_128.safetensors")}) {
        CAPTURE(weights);
        const Json found = Program(weights, options).detections();
        INFO(found.dump());
        const auto [right, wrong] = found_and_wrong(found);
        CHECK(right >= 4);
        CHECK(wrong <= 1);
    }
}

TEST_CASE("In 8 bits the demo's network finds the same, and loses at most 0.005 of its mean average precision") {
    if (lacks(need::stb)) return;
    const Program in_8_bits("emoji_voc_050_192_int8.safetensors");
    const Json expected = demo_network().detections(), found = in_8_bits.detections();
    INFO(found.dump());
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].at("class") == expected[i].at("class"));
        CHECK(found[i].at("anchor") == expected[i].at("anchor"));
        CHECK(found[i].at("score").get<double>() ==
              doctest::Approx(expected[i].at("score").get<double>()).epsilon(0.1));
    }
    CHECK(in_8_bits.mean_average_precision() >= demo_network().mean_average_precision() - 0.005);
}

TEST_CASE("The networks in 8 bits are, byte for byte, what quantize.sh makes of those in float") {
    const TemporaryFolder folder;
    require_command(quoted(demo + "quantize.sh") + " " + quoted(SSDGEN_EXECUTABLE) + " " + quoted(folder.path()));
    for (const char* network : {"025_192", "050_128", "050_192"}) {
        const std::string name = std::string("emoji_voc_") + network + "_int8.safetensors";
        CAPTURE(name);
        const bool same = ssdgen::read_file(folder.path(name)) == ssdgen::read_file(demo + name);
        CHECK(same);
    }
}
