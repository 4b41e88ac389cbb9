#include "quantize/float_layers.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ssdgen {

namespace {

/// The layer that leaves least noise first.
std::vector<std::string> ranked(const std::vector<std::string>& layers, const OfFloatLayers& noise) {
    std::vector<std::pair<double, std::string>> noises;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        std::fprintf(stderr, "--float auto: layer %zu of %zu, %s\n", i + 1, layers.size(), layers[i].c_str());
        noises.emplace_back(noise({layers[i]}), layers[i]);
    }
    std::stable_sort(noises.begin(), noises.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> names;
    for (const auto& [own, name] : noises) names.push_back(name);
    return names;
}

}  // namespace

std::set<std::string> choose_float_layers(const std::vector<std::string>& layers, double max_drop,
                                          const OfFloatLayers& noise, const OfFloatLayers& loss) {
    if (loss({}) <= max_drop) return {};
    const std::vector<std::string> order = ranked(layers, noise);
    const auto first = [&](std::size_t count) {
        return std::set<std::string>(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count));
    };
    const auto enough = [&](const std::set<std::string>& kept) { return loss(kept) <= max_drop; };
    std::size_t low = 0, high = 1;  // too few, and perhaps enough
    while (high < order.size() && !enough(first(high))) {
        low = high;
        high = std::min(2 * high, order.size());
    }
    while (high - low > 1) {
        const std::size_t middle = low + (high - low) / 2;
        (enough(first(middle)) ? high : low) = middle;
    }
    std::set<std::string> kept = first(high);
    for (std::size_t i = high; i-- > 0;) {
        std::set<std::string> fewer = kept;
        fewer.erase(order[i]);
        if (kept.size() > 1 && enough(fewer)) kept = std::move(fewer);
    }
    return kept;
}

}  // namespace ssdgen
