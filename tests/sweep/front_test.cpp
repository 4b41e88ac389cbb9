#include "sweep/front.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

/// A figure that is not given is not known.
PointFigures point(double alpha, std::optional<double> map, std::optional<double> ms,
                   std::optional<double> predicted_ms = {}) {
    PointFigures figures{alpha, 1, "portable", "tile"};
    figures.map = map;
    if (ms) figures.measurement(1).ms = ms;
    figures.predicted_ms = predicted_ms;
    return figures;
}

std::string on_front(const PointFigures& point) {
    if (!point.accuracy_front) return "unknown";
    return *point.accuracy_front ? "yes" : "no";
}

}  // namespace

TEST_CASE("On the front of accuracy against latency is what no other beats; equals are there together") {
    // Slow and accurate; beaten by it, being as accurate and slower; fast; beaten by the fast one; its equal.
    std::vector<PointFigures> points{point(1, 0.9, 5), point(0.9, 0.9, 6), point(0.25, 0.5, 1), point(0.5, 0.4, 1),
                                     point(0.3, 0.5, 1)};
    points.push_back(point(0.1, {}, 0.1));    // not evaluated
    points.push_back(point(0.75, 0.99, {}));  // not measured
    CHECK(mark_accuracy_front(1, points) ==
          "front of accuracy against latency: alpha 0.25, rho 1: 0.500 in 1 ms; alpha 0.3, rho 1: 0.500 in 1 ms; alpha "
          "1, rho 1: 0.900 in 5 ms");
    std::vector<std::string> marks;
    for (const PointFigures& one : points) marks.push_back(on_front(one));
    CHECK(marks == std::vector<std::string>{"yes", "no", "yes", "no", "yes", "unknown", "unknown"});
}

TEST_CASE("Latency is that with as many threads as asked; where no point has one, the predicted one") {
    std::vector<PointFigures> points{point(1, 0.9, 1, 3), point(0.5, 0.8, 2, 1)};
    CHECK(mark_accuracy_front(1, points) == "front of accuracy against latency: alpha 1, rho 1: 0.900 in 1 ms");
    CHECK(mark_accuracy_front(2, points) ==
          "front of accuracy against latency: alpha 0.5, rho 1: 0.800 in 1 ms; alpha 1, rho 1: 0.900 in 3 ms");
    std::vector<PointFigures> unknown{point(1, {}, 1)};
    CHECK(mark_accuracy_front(1, unknown).empty());
}

TEST_CASE("A point of the front is named by its target and form where the points differ in them") {
    std::vector<PointFigures> points{point(1, 0.9, 1), point(1, 0.8, 2)};
    points[1].target = "x86-64-v3";
    CHECK(mark_accuracy_front(1, points) ==
          "front of accuracy against latency: alpha 1, rho 1, portable: 0.900 in 1 ms");
    points[1].unroll = "compact";
    CHECK(mark_accuracy_front(1, points) ==
          "front of accuracy against latency: alpha 1, rho 1, portable, tile: 0.900 in 1 ms");
}
