#include "graph/fit.h"

#include <algorithm>
#include <map>

#include "graph/build.h"
#include "graph/taker.h"
#include "support/error.h"

namespace ssdgen {

namespace {

constexpr std::size_t most_shown = 20;

bool ends_with(const std::string& name, const std::string& ending) {
    return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
}

/// NAME of NAME.batch_norm.mean, or nothing.
std::string batch_norm_of(const std::string& name) {
    for (const char* part : {".batch_norm.mean", ".batch_norm.variance", ".batch_norm.gamma", ".batch_norm.beta"})
        if (ends_with(name, part)) return name.substr(0, name.size() - std::string(part).size());
    return "";
}

}  // namespace

void check_fit(const Graph& graph, const Weights& weights) {
    std::map<std::string, std::vector<int>> expected;
    for (const TensorSpec& spec : expected_tensors(graph)) expected[spec.name] = spec.shape;
    std::vector<std::string> mismatches;
    for (const auto& [name, shape] : expected) {
        const auto found = weights.tensors.find(name);
        const bool normed_bias = ends_with(name, ".bias") &&
                                 weights.tensors.count(name.substr(0, name.size() - 5) + ".batch_norm.mean") != 0;
        if (found == weights.tensors.end() && !normed_bias)
            mismatches.push_back(fmt::format("{} {} is missing", name, spell_shape(shape)));
        else if (found != weights.tensors.end() && found->second.shape != shape)
            mismatches.push_back(
                fmt::format("{} is {} for {}", name, spell_shape(found->second.shape), spell_shape(shape)));
    }
    for (const auto& [name, tensor] : weights.tensors) {
        const bool known = expected.count(name) != 0 || expected.count(batch_norm_of(name) + ".weight") != 0 ||
                           (name == "priors" && graph.head);
        if (!known) mismatches.push_back(fmt::format("{} {} is for no layer", name, spell_shape(tensor.shape)));
    }
    if (mismatches.empty()) return;
    const std::size_t count = mismatches.size();
    if (count > most_shown) mismatches.resize(most_shown);
    fail_input(weights.file, "does not fit {}: {}{}; allowed: one tensor of its shape for each of the network's",
               graph.file, fmt::join(mismatches, ", "),
               count > most_shown ? fmt::format(" and {} more", count - most_shown) : "");
}

}  // namespace ssdgen
