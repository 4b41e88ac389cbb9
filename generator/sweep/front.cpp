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

bool differs(const char* key, const std::vector<Figures>& points) {
    return std::any_of(points.begin(), points.end(),
                       [&](const Figures& point) { return point.value(key, "") != points[0].value(key, ""); });
}

/// By what tells it from the others.
std::string name_of(const Figures& point, const std::vector<Figures>& points) {
    std::string name = fmt::format("alpha {}, rho {}", double(point.at("alpha")), double(point.at("rho")));
    for (const char* key : {"target", "unroll"})
        if (differs(key, points)) name += ", " + point.value(key, "");
    return name;
}

std::vector<Place> places_of(int threads, const std::vector<Figures>& points) {
    const std::string measured = fmt::format("ms_{}", threads);
    const bool any =
        std::any_of(points.begin(), points.end(), [&](const Figures& point) { return point.contains(measured); });
    const std::string key = any ? measured : "predicted_ms";
    std::vector<Place> places;
    for (int index = 0; index < int(points.size()); ++index) {
        const Figures& point = points[std::size_t(index)];
        if (point.contains("map") && point.contains(key)) places.push_back({index, point.at("map"), point.at(key)});
    }
    return places;
}

}  // namespace

std::string mark_accuracy_front(int threads, std::vector<Figures>& points) {
    const std::vector<Place> places = places_of(threads, points);
    std::vector<Place> front;
    for (const Place& place : places) {
        const bool beaten =
            std::any_of(places.begin(), places.end(), [&](const Place& other) { return beats(other, place); });
        points[std::size_t(place.index)]["accuracy_front"] = beaten ? "no" : "yes";
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
