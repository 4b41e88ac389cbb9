#include "sweep/front.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

struct Place {
    int index;  // of the point
    double accuracy, ms;
};

bool beats(const Place& one, const Place& other) {
    return one.accuracy >= other.accuracy && one.ms <= other.ms && (one.accuracy > other.accuracy || one.ms < other.ms);
}

bool differ(const std::vector<PointFigures>& points, std::string PointFigures::*member) {
    return std::any_of(points.begin(), points.end(),
                       [&](const PointFigures& point) { return point.*member != points[0].*member; });
}

/// By what tells it from the others.
std::string name_of(const PointFigures& point, const std::vector<PointFigures>& points) {
    std::string name = fmt::format("alpha {}, rho {}", point.alpha, point.rho);
    for (std::string PointFigures::*const member : {&PointFigures::target, &PointFigures::unroll})
        if (differ(points, member)) name += ", " + point.*member;
    return name;
}

std::vector<Place> places_of(int threads, const std::vector<PointFigures>& points) {
    const bool measured = std::any_of(points.begin(), points.end(),
                                      [&](const PointFigures& point) { return point.ms(threads).has_value(); });
    std::vector<Place> places;
    for (int index = 0; index < int(points.size()); ++index) {
        const PointFigures& point = points[std::size_t(index)];
        const std::optional<double> ms = measured ? point.ms(threads) : point.predicted_ms;
        if (point.map && ms) places.push_back({index, *point.map, *ms});
    }
    return places;
}

}  // namespace

std::string mark_accuracy_front(int threads, std::vector<PointFigures>& points) {
    const std::vector<Place> places = places_of(threads, points);
    std::vector<Place> front;
    for (const Place& place : places) {
        const bool beaten =
            std::any_of(places.begin(), places.end(), [&](const Place& other) { return beats(other, place); });
        points[std::size_t(place.index)].accuracy_front = !beaten;
        if (!beaten) front.push_back(place);
    }
    std::stable_sort(front.begin(), front.end(), [](const Place& a, const Place& b) { return a.ms < b.ms; });
    std::string text;
    for (const Place& place : front)
        text += fmt::format("{}{}: {:.3f} in {:.3g} ms", text.empty() ? "front of accuracy against latency: " : "; ",
                            name_of(points[std::size_t(place.index)], points), place.accuracy, place.ms);
    return text;
}

}  // namespace ssdgen
