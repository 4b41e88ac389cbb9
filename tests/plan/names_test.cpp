#include "plan/names.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("A layer's name becomes a C identifier") {
    CHECK(identifier("conv0") == "conv0");
    CHECK(identifier("conv1/dw") == "conv1_dw");
    CHECK(identifier("conv14_2_mbox_loc") == "conv14_2_mbox_loc");
    CHECK(identifier("MobilenetV1/Conv2d_0:0") == "MobilenetV1_Conv2d_0_0");
    CHECK(identifier("1x1") == "1x1");
    CHECK(function_name("class") == "run_class");
}

TEST_CASE("Two layers of one identifier are a fault of ours: the reader has seen to it") {
    Plan plan;
    const auto add = [&plan](const std::string& name, const std::vector<std::string>& stages) {
        plan.steps.push_back({});
        plan.steps.back().name = name;
        for (const std::string& stage : stages) {
            plan.steps.back().stages.push_back({});
            plan.steps.back().stages.back().name = stage;
        }
    };
    add("conv0_to_conv1", {"conv0", "conv1/dw", "conv1"});
    add("conv2", {"conv2/dw", "conv2"});
    add("conv3", {"conv3"});
    CHECK(step_functions(plan) == std::vector<std::string>{"run_conv0_to_conv1", "run_conv2", "run_conv3"});
    add("conv0_to_conv1", {"conv0_to_conv1"});
    CHECK(step_functions(plan) ==
          std::vector<std::string>{"run_conv0_to_conv1_", "run_conv2", "run_conv3", "run_conv0_to_conv1"});
    add("conv1_dw", {"conv1_dw"});
    CHECK_THROWS_WITH_AS(step_functions(plan),
                         "internal error: broken invariant: layers have names of their own: conv1_dw", InternalError);
}
