#include "plan/stream.h"

#include "description/read.h"
#include "graph/build.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "plan/kernels.h"
#include "plan/rings.h"
#include "plan/stream_check.h"
#include "support/error.h"
#include "target/table.h"
#include "tools/float_targets.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace ssdgen;

namespace {

Plan plan_of(const char* config, const Multipliers& multipliers, const std::string& target) {
    const Description description = read_description(std::string(SSDGEN_SOURCE_DIR "/configs/") + config);
    return build_plan(lower(build_graph(description, multipliers)), find_target(target));
}

const Step& stream_of(const Plan& plan, std::size_t stages) {
    const auto found = std::find_if(plan.steps.begin(), plan.steps.end(),
                                    [&](const Step& step) { return step.stages.size() == stages; });
    REQUIRE(found != plan.steps.end());
    return *found;
}

}  // namespace

TEST_CASE("Alpha 1 at 300 pixels needs 1.6 MB at most, 2.4 MB with a second thread, on every target") {
    for (const Target& target : test::float_targets()) {
        CAPTURE(target.name);
        const Plan plan = plan_of("mobilenet_ssd_voc.json", {1.0, 1.0}, target.name);
        CHECK(plan.arena_size <= 1600000);
        CHECK(plan.arena_size + plan.thread_scratch_size <= 2400000);
    }
}

TEST_CASE("Alpha 0.25 at 128 pixels needs 110 KB at most") {
    for (const Target& target : test::float_targets()) {
        CAPTURE(target.name);
        CHECK(plan_of("mobilenet_ssd_voc.json", {0.25, 128 / 300.0}, target.name).arena_size <= 110000);
    }
}

TEST_CASE("A ring that is a row too short, or in the place of another, is found") {
    const Plan plan = plan_of("mobilenet_ssd_voc.json", {1.0, 1.0}, "x86-64-v4");
    Step step = plan.steps[0];
    REQUIRE(step.stages.size() > 4);
    CHECK_NOTHROW(check_stream(step));
    for (std::size_t stage = 0; stage + 1 < step.stages.size(); ++stage) {
        if (step.rings[stage].rows < 2) continue;
        Step shorter = step;
        --shorter.rings[stage].rows;
        CHECK_THROWS_AS(check_stream(shorter), InternalError);
        Step displaced = step;
        displaced.rings[stage].offset = displaced.scratch_size;
        CHECK_THROWS_AS(check_stream(displaced), InternalError);
    }
    Step shared = step;
    shared.rings[2].offset = shared.rings[0].offset;  // conv1's rows where conv0's are
    CHECK_THROWS_AS(check_stream(shared), InternalError);
}

TEST_CASE(
    "Each row of a stream is made once and in order, by whoever makes all of them; two halves make all of them between "
    "them") {
    const Plan plan = plan_of("mobilenet_ssd_voc.json", {0.5, 0.5}, "portable");
    const Step& step = plan.steps[0];
    const int height = step.last().kernel.output().height;
    std::vector<int> next(step.stages.size(), 0);
    for (const StreamOperation& operation : stream_order(step, 0, height)) {
        if (operation.stage < 0) continue;
        CHECK(operation.first == next[std::size_t(operation.stage)]);
        next[std::size_t(operation.stage)] = operation.first + operation.rows;
    }
    for (std::size_t stage = 0; stage < step.stages.size(); ++stage)
        CHECK(next[stage] >=
              step.stages[stage].kernel.output().height - 1);  // an odd stride may leave the last row out
    std::vector<std::set<int>> made(step.stages.size());
    for (const auto& [first, end] : {std::pair(0, height / 2), std::pair(height / 2, height)})
        for (const StreamOperation& operation : stream_order(step, first, end))
            for (int row = operation.first; operation.stage >= 0 && row < operation.first + operation.rows; ++row)
                made[std::size_t(operation.stage)].insert(row);
    for (std::size_t stage = 0; stage < step.stages.size(); ++stage) CHECK(int(made[stage].size()) == next[stage]);
}

TEST_CASE(
    "What two threads do twice is counted by the row, and a second leading stream spares most of it at no cost in "
    "memory") {
    const Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    const Graph graph = lower(build_graph(description, {1.0, 1.0}));
    const Target& target = find_target("x86-64-v4");
    const auto groups = group_nodes(graph, target, {5, 3});  // conv0, conv1/dw, conv1; conv2/dw, conv2, conv3/dw
    REQUIRE(groups.size() > 2);
    CHECK(groups[0] == NodeGroup{0, 1, 2});
    CHECK(groups[1] == NodeGroup{3, 4, 5});

    const Plan plan = build_plan(graph, target);
    const Step& step = plan.steps[1];
    REQUIRE(step.name == "conv4_to_conv6/dw");
    // Of conv6/dw's 19 rows the one thread makes 10, which read 20 of conv5, 20 of conv5/dw, 21 of conv4; the other,
    // with 9 rows, reads 19, 19 and 20. Each map has 38 rows.
    const auto macs = [&](std::size_t stage) { return step.stages[stage].layers[0].macs / 38; };
    CHECK(repeated_macs(step) == 3 * macs(0) + macs(1) + macs(2));
    CHECK(repeated_macs(plan.steps[0]) + repeated_macs(step) < plan.total_macs / 33);  // 3 per cent
}

TEST_CASE("A depthwise layer joins the pointwise that alone reads it, where the weights of that are few") {
    const Plan plan = plan_of("mobilenet_ssd_voc.json", {0.25, 128 / 300.0}, "x86-64-v4");
    const Step& pair = stream_of(plan, 2);
    CHECK(pair.name == "conv7");
    CHECK(pair.stages[0].name == "conv7/dw");
    const Plan large = plan_of("mobilenet_ssd_voc.json", {1.0, 1.0}, "x86-64-v4");
    for (const Step& step : large.steps)
        CHECK(step.stages.size() != 2);  // a megabyte of weights each, after the leading ones
}
