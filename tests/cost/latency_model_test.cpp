#include "cost/latency_model.h"

#include "description/read.h"
#include "graph/build.h"
#include "passes/lower.h"
#include "plan/build.h"
#include "support/error.h"
#include "target/table.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

Plan plan_at(double alpha, double rho, const char* target) {
    const Description description = read_description(SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json");
    return build_plan(lower(build_graph(description, {alpha, rho})), find_target(target));
}

/// What a machine with these prices would measure of a network's stages.
void add_measurements(const Plan& plan, const Calibration& prices, std::vector<TimedWork>& measured) {
    for (const Stage* stage : all_stages(plan)) {
        const WorkVector work = stage_work(*stage, plan);
        measured.push_back({work, predict_ms(work, prices), 1});
    }
}

}  // namespace

TEST_CASE(
    "The work of pointwise layers is their multiply-adds, in vectors by how many a cycle does, where tiles are full") {
    const Plan plan = plan_at(1, 1, "x86-64-v4");
    for (const Stage* stage : all_stages(plan)) {
        if (stage->name != "conv11") continue;
        // 19 x 19 x 512 to 512: 94.6 M multiply-adds, 16 a cycle; no tile is more than a third slower than that.
        const double least = 19.0 * 19 * 512 * 512 / 16;
        const WorkVector work = stage_work(*stage, plan);
        CHECK(work[std::size_t(Work::cycles)] >= least);
        CHECK(work[std::size_t(Work::cycles)] < 1.34 * least);
        CHECK(work[std::size_t(Work::weight_lines)] == doctest::Approx((512 * 512 + 512) * 4 / 64));
        CHECK(work[std::size_t(Work::stages)] == 1);
        CHECK(work[std::size_t(Work::picture_cycles)] == 0);
        return;
    }
    FAIL("no conv11");
}

TEST_CASE("Prices that made the measurements are found again, from other networks than they predict") {
    for (const char* target : {"x86-64-v3", "x86-64-v4"}) {
        const Calibration real{"a machine", 1, {0.27, 0.31, 0.5, 2.2, 11, 1.4, 3, 300, 40}};
        std::vector<TimedWork> measured;
        for (const double alpha : {0.25, 0.5, 1.0})
            for (const double rho : {0.5, 1.0}) add_measurements(plan_at(alpha, rho, target), real, measured);
        const Calibration found{"", 1, fit_prices(measured)};
        const WorkVector other = network_work(plan_at(0.35, 0.75, target));
        CHECK(predict_ms(other, found) == doctest::Approx(predict_ms(other, real)).epsilon(0.002));
    }
}

TEST_CASE("No price is below zero, whatever was measured") {
    std::vector<TimedWork> measured;
    add_measurements(plan_at(0.25, 0.5, "portable"), {"", 1, {1, 1, 1, 1, 1, 1, 1, 1, 1}}, measured);
    for (std::size_t i = 0; i < measured.size(); i += 3) measured[i].ms *= 5;
    for (const double price : fit_prices(measured)) CHECK(price >= 0);
}

TEST_CASE("A calibration file gives what was written into it, and a wrong one a message") {
    const Calibrations written{{"x86-64-v3", {"a \"machine\"", 12, {0.27, 0.31, 0.5, 2.2, 11, 1.4, 3, 300, 40}}}};
    const Calibrations read = parse_calibrations(calibrations_text(written), "c.json");
    REQUIRE(read.count("x86-64-v3") == 1);
    CHECK(read.at("x86-64-v3").machine == "a \"machine\"");
    CHECK(read.at("x86-64-v3").networks == 12);
    CHECK(read.at("x86-64-v3").nanoseconds == written.at("x86-64-v3").nanoseconds);
    CHECK_THROWS_AS(parse_calibrations("{\"x86\": {}}", "c.json"), InputError);
    CHECK_THROWS_WITH_AS(
        parse_calibrations(R"({"portable": {"machine": "m", "networks": 1, "nanoseconds": {"cycles": -1}}})", "c.json"),
        "c.json: /portable/nanoseconds/cycles: found -1; allowed: a number from 0 to 1000000000", InputError);
    CHECK_NOTHROW(built_in_calibrations());
}
