#include "cost/budget.h"

#include "support/error.h"
#include "sweep/verdict.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace ssdgen;

TEST_CASE("Bytes are digits with K, M or G behind them or not") {
    CHECK(parse_bytes("512K") == 512 * 1024);
    CHECK(parse_bytes("4M") == 4 * 1024 * 1024);
    CHECK(parse_bytes("2G") == std::int64_t(2) << 30);
    CHECK(parse_bytes("1000") == 1000);
    for (const char* wrong : {"", "K", "0", "-1", "1.5M", "4MB", "4m", "9223372036854775807K", "99999999999999999999"})
        CHECK_FALSE(parse_bytes(wrong));
}

TEST_CASE("A budget names each limit at most once") {
    const Budget budget = parse_budget("flash=4M,ms=2.5", "--budget");
    CHECK(budget.ms == 2.5);
    CHECK(budget.flash == 4 << 20);
    CHECK_FALSE(budget.ram);
    for (const char* wrong :
         {"", "ms", "ms=", "ms=0", "ms=-1", "ms=nan", "ms=1,ms=2", "ram=0", "rom=1K", "ms=5,,ram=1K", "ms=5 ram=1K"})
        CHECK_THROWS_WITH_AS(
            parse_budget(wrong, "--budget"),
            (std::string("--budget: found ") + wrong +
             "; allowed: ms=NUMBER, ram=BYTES and flash=BYTES, each at most once, such as ms=5,ram=512K,flash=4M")
                .c_str(),
            UsageError);
}

TEST_CASE("The limit that is missed by most is named; a need that is not known misses") {
    const Budget budget = parse_budget("ms=2,ram=1K", "--budget");
    CHECK(find_miss(budget, {2.0, 1024.0, 1e9}).limit.empty());  // no limit of flash
    const Miss both = find_miss(budget, {3.0, 1100.0, {}});
    CHECK(both.limit == "ms");
    CHECK(both.factor == doctest::Approx(1.5));
    CHECK(std::isinf(find_miss(budget, {{}, 1.0, {}}).factor));
}

namespace {

PointFigures point(double alpha, std::int64_t macs, double ms, std::int64_t arena) {
    PointFigures figures{alpha, 1, "portable", "tile"};
    figures.input = "8x8";
    figures.macs = macs;
    figures.measurement(1).ms = ms;
    figures.arena_bytes = arena;
    return figures;
}

PointFigures predicted(std::optional<double> predicted_ms, std::optional<double> ms) {
    PointFigures figures;
    figures.predicted_ms = predicted_ms;
    figures.measurement(1).ms = ms;
    return figures;
}

}  // namespace

TEST_CASE("The largest network that fits is recommended; else the nearest, with the limit that it misses") {
    std::vector<PointFigures> points{point(0.25, 10, 1, 1000), point(0.5, 30, 2, 1500), point(0.75, 20, 1.5, 1200),
                                     point(1, 90, 9, 3000)};
    points.push_back({0.1, 1, "portable", "tile"});
    points[4].failed = "compile: c++ gave 1";
    const Verdict fits = judge(parse_budget("ms=2,ram=2K", "--budget"), 1, false, points);
    CHECK(fits.recommended == 1);
    CHECK(fits.text == "3 of 5 fit the budget; the largest is alpha 0.5, rho 1 (8x8, portable, tile)");
    CHECK(points[1].fits == "yes");
    CHECK(points[3].fits == "ms x4.50");
    CHECK(points[4].fits == "failed");

    const Verdict nearest = judge(parse_budget("ms=5,ram=800", "--budget"), 1, false, points);
    CHECK(nearest.recommended == -1);
    CHECK(nearest.nearest == 0);
    CHECK(nearest.text ==
          "none of 5 fits the budget; nearest is alpha 0.25, rho 1 (8x8, portable, tile): it needs 1,000 bytes of ram, "
          "1.25 times the limit");

    CHECK(judge({}, 1, false, points).text.empty());
    std::vector<PointFigures> unknown{points[4]};
    CHECK(judge(parse_budget("ms=5", "--budget"), 1, false, unknown).text ==
          "none of 1 can be judged: see the column fits");
}

TEST_CASE("Where accuracy is known, the most accurate network that fits is recommended; of equals the fastest") {
    std::vector<PointFigures> points{point(0.25, 10, 1, 1000), point(0.5, 30, 2, 1500), point(0.75, 20, 1.5, 1200),
                                     point(1, 90, 9, 3000), point(0.6, 35, 1, 1000)};
    const Budget budget = parse_budget("ms=2,ram=2K", "--budget");
    points[0].map = 0.5;
    points[1].map = 0.7125;
    points[2].map = 0.7125;
    points[3].map = 0.9;
    const Verdict verdict = judge(budget, 1, true, points);
    CHECK(verdict.recommended == 2);
    CHECK(verdict.text ==
          "4 of 5 fit the budget; the most accurate is alpha 0.75, rho 1 (8x8, portable, tile): mAP 0.713");

    std::vector<PointFigures> without{points[3], points[4]};
    const Verdict unknown = judge(budget, 1, true, without);
    CHECK(unknown.recommended == -1);
    CHECK(unknown.nearest == -1);
    CHECK(unknown.text == "1 of 2 fit the budget, but their accuracy is not known");

    // Figures that were known before it failed do not make it one to recommend.
    points[2].failed = "none.safetensors: cannot be read";
    CHECK(judge(budget, 1, true, points).recommended == 1);
    CHECK(points[2].fits == "failed");
}

TEST_CASE("The error of predictions is that of the points where both times are known") {
    CHECK(prediction_error({predicted(1, {}), predicted({}, 1)}).points == 0);
    const PredictionError error = prediction_error({predicted(1.1, 1), predicted(1, 1), predicted(0.8, 1)});
    CHECK(error.points == 3);
    CHECK(error.median_percent == doctest::Approx(10));
    CHECK(error.largest_percent == doctest::Approx(20));
}
