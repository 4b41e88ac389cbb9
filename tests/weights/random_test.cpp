#include "weights/random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace ssdgen;

TEST_CASE("random weights are the same on every machine") {
    const Weights weights = random_weights({{"conv0.weight", {2, 3, 1, 1}, 3}, {"conv0.bias", {2}, 0}}, 1);
    // Computed by a second implementation in another language; a change of these numbers changes every seeded network.
    CHECK(weights.tensors.at("conv0.weight").values() ==
          std::vector<float>{0.443452269F, -0.288923711F, -1.11098278F, -0.786820292F, -1.10578227F, -0.843616724F});
    CHECK(weights.tensors.at("conv0.bias").values() == std::vector<float>{-0.0158216357F, -0.0968133807F});
}

TEST_CASE("a tensor's random values depend on seed and name alone") {
    const TensorSpec spec{"a.weight", {100}, 10};
    const auto alone = random_weights({spec}, 7).tensors.at("a.weight").values();
    CHECK(random_weights({{"b.weight", {5}, 10}, spec}, 7).tensors.at("a.weight").values() == alone);
    CHECK(random_weights({spec}, 8).tensors.at("a.weight").values() != alone);
    CHECK(random_weights({{"c.weight", {100}, 10}}, 7).tensors.at("c.weight").values() != alone);
}

TEST_CASE("weights have He's standard deviation and mean 0, biases lie within 0.1 and are not 0") {
    const Weights weights = random_weights({{"w", {200000}, 50}, {"b", {20000}, 0}, {"priors", {100, 4}, 0}}, 3);
    double sum = 0;
    double squares = 0;
    for (const double value : weights.tensors.at("w").values()) {
        sum += value;
        squares += value * value;
    }
    CHECK(std::fabs(sum / 200000) < 0.002);
    CHECK(std::sqrt(squares / 200000) == doctest::Approx(0.2).epsilon(0.01));
    float largest = 0;
    for (const float value : weights.tensors.at("b").values()) {
        CHECK(value != 0);
        largest = std::max(largest, std::fabs(value));
    }
    CHECK(largest <= 0.1F);
    CHECK(largest > 0.099F);
    for (const float value : weights.tensors.at("priors").values()) CHECK((value >= 0.1F && value <= 0.9F));
}

TEST_CASE(
    "random weights are one stream a tensor, however large: the last of six million are the second program's, too") {
    const std::vector<float> values = random_weights({{"w", {6000000}, 50}}, 3).tensors.at("w").values();
    REQUIRE(values.size() == 6000000);
    CHECK(values[0] == 0.368335664F);
    CHECK(values[1] == 0.023817813F);
    CHECK(values[4999999] == -0.0289503243F);
    CHECK(values[5999999] == 0.142478719F);
    const std::vector<float> fewer = random_weights({{"w", {1000}, 50}}, 3).tensors.at("w").values();
    CHECK(std::equal(fewer.begin(), fewer.end(), values.begin()));
}
