#include "cost/footprint.h"

#include "cost/stack_size.h"
#include "description/read.h"
#include "graph/build.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "target/table.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

Plan specimen(const char* target) {
    const Description description = read_description(SSDGEN_SOURCE_DIR "/configs/specimen.json");
    return build_plan(lower(build_graph(description)), find_target(target));
}

}  // namespace

TEST_CASE("A footprint has every figure of its plan, in bytes") {
    const Plan plan = specimen("x86-64-v3");
    const Footprint one = footprint(plan);
    CHECK(one.arena_bytes == plan.arena_size);
    CHECK(one.thread_scratch_bytes == plan.thread_scratch_size);
    CHECK(one.weights_bytes == plan.weights_size);
    CHECK(one.code_bytes > 14500);  // what every library has
    CHECK(one.stack_bytes == stack_bytes(plan));
    CHECK(one.flash_bytes() == one.weights_bytes + one.code_bytes);
}

TEST_CASE("Several targets take the largest memory of one and the flash of all") {
    const std::vector<Footprint> targets{{100, 40, 1000, 500, 16}, {300, 20, 1200, 400, 16}, {200, 30, 900, 700, 16}};
    const Footprint all = together(targets);
    CHECK(all.arena_bytes == 300);
    CHECK(all.thread_scratch_bytes == 40);
    CHECK(all.weights_bytes == 3100);
    CHECK(all.code_bytes == 1600);
    CHECK(all.stack_bytes == 16);
}
