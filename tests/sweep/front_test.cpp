#include "sweep/front.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

Figures point(double alpha, double map, double ms) {
    return {{"alpha", alpha}, {"rho", 1.0}, {"map", map}, {"ms_1", ms}};
}

std::string on_front(const Figures& point) { return point.value("accuracy_front", "unknown"); }

}  // namespace

TEST_CASE("On the front of accuracy against latency is what no other beats; equals are there together") {
    // Slow and accurate; beaten by it, being as accurate and slower; fast; beaten by the fast one; its equal.
    std::vector<Figures> points{point(1, 0.9, 5), point(0.9, 0.9, 6), point(0.25, 0.5, 1), point(0.5, 0.4, 1),
                                point(0.3, 0.5, 1)};
    points.push_back({{"alpha", 0.1}, {"rho", 1.0}, {"ms_1", 0.1}});   // not evaluated
    points.push_back({{"alpha", 0.75}, {"rho", 1.0}, {"map", 0.99}});  // not measured
    CHECK(mark_accuracy_front(1, points) ==
          "front of accuracy against latency: alpha 0.25, rho 1: 0.500 in 1 ms; alpha 0.3, rho 1: 0.500 in 1 ms; alpha "
          "1, rho 1: 0.900 in 5 ms");
    std::vector<std::string> marks;
    for (const Figures& one : points) marks.push_back(on_front(one));
    CHECK(marks == std::vector<std::string>{"yes", "no", "yes", "no", "yes", "unknown", "unknown"});
}

TEST_CASE("Latency is that with as many threads as asked; where no point has one, the predicted one") {
    std::vector<Figures> points{{{"alpha", 1.0}, {"rho", 1.0}, {"map", 0.9}, {"ms_1", 1.0}, {"predicted_ms", 3.0}},
                                {{"alpha", 0.5}, {"rho", 1.0}, {"map", 0.8}, {"ms_1", 2.0}, {"predicted_ms", 1.0}}};
    CHECK(mark_accuracy_front(1, points) == "front of accuracy against latency: alpha 1, rho 1: 0.900 in 1 ms");
    CHECK(mark_accuracy_front(2, points) ==
          "front of accuracy against latency: alpha 0.5, rho 1: 0.800 in 1 ms; alpha 1, rho 1: 0.900 in 3 ms");
    std::vector<Figures> unknown{{{"alpha", 1.0}, {"rho", 1.0}, {"ms_1", 1.0}}};
    CHECK(mark_accuracy_front(1, unknown).empty());
}
