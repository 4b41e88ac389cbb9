#include "description/read.h"
#include "graph/build.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "support/error.h"
#include "target/table.h"
#include "tools/float_targets.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

Graph specimen() {
    return lower(build_graph(read_description(SSDGEN_SOURCE_DIR "/configs/specimen.json"), {1.0, 1.0}));
}

/// What no form changes.
void check_same_frame(const Plan& plan, const Plan& other) {
    CHECK(plan.arena_size == other.arena_size);
    CHECK(plan.thread_scratch_size == other.thread_scratch_size);
    CHECK(plan.weights_size == other.weights_size);
    REQUIRE(plan.steps.size() == other.steps.size());
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        CHECK(plan.steps[index].name == other.steps[index].name);
        CHECK(plan.steps[index].scratch == other.steps[index].scratch);
        CHECK(plan.steps[index].stages[0].weights == other.steps[index].stages[0].weights);
    }
}

}  // namespace

TEST_CASE("A compact plan has the steps, the memory and the places of weights of the plan with tiles of its own") {
    for (const Target& target : test::float_targets()) {
        const Plan compact = build_plan(specimen(), target, {}, {true, {}});
        CHECK(compact.compact);
        check_same_frame(build_plan(specimen(), target), compact);
    }
}

TEST_CASE("The steps that a form names are unrolled, each one unit of work, and no other") {
    const Target& target = find_target("x86-64-v3");
    const Plan plan = build_plan(specimen(), target);
    const std::string stream = plan.steps.front().code_name(), kernel = plan.steps.back().code_name();
    REQUIRE(plan.steps.front().stream);
    REQUIRE_FALSE(plan.steps.back().stream);
    const Plan unrolled = build_plan(specimen(), target, {}, {false, {{stream, 1000}, {kernel, 2000}}});
    check_same_frame(plan, unrolled);
    for (std::size_t index = 0; index < plan.steps.size(); ++index) {
        const Step &before = plan.steps[index], &after = unrolled.steps[index];
        CAPTURE(before.name);
        const bool named = before.code_name() == stream || before.code_name() == kernel;
        CHECK(after.unrolled == named);
        CHECK(after.units == (named ? 1 : before.units));
        CHECK(after.code_name() == before.code_name() + (named ? "_full" : ""));
    }
    CHECK(unrolled.steps.front().unrolled_bytes == 1000);
    CHECK(unrolled.steps.back().unrolled_bytes == 2000);
}

TEST_CASE("A form that unrolls what no step is called is a fault of ours") {
    CHECK_THROWS_WITH_AS(build_plan(specimen(), find_target("portable"), {}, {false, {{"nothing", 1}}}),
                         "internal error: broken invariant: what is unrolled is code of the plan", InternalError);
}
