#include "emit/names.h"

#include <doctest/doctest.h>

#include "support/error.h"

using namespace ssdgen;

TEST_CASE("A layer's name becomes a C identifier") {
    CHECK(identifier("conv0") == "conv0");
    CHECK(identifier("conv1/dw") == "conv1_dw");
    CHECK(identifier("conv14_2_mbox_loc") == "conv14_2_mbox_loc");
    CHECK(identifier("MobilenetV1/Conv2d_0:0") == "MobilenetV1_Conv2d_0_0");
    CHECK(identifier("1x1") == "layer_1x1");
}

TEST_CASE("Two layers of one identifier are a fault of ours: the reader has seen to it") {
    Plan plan;
    plan.steps.resize(2);
    plan.steps[0].name = "conv1/dw";
    plan.steps[1].name = "conv1_dw2";
    CHECK(step_identifiers(plan) == std::vector<std::string>{"conv1_dw", "conv1_dw2"});
    plan.steps[1].name = "conv1_dw";
    CHECK_THROWS_WITH_AS(step_identifiers(plan),
                         "internal error: broken invariant: layers have names of their own: conv1_dw", InternalError);
}
