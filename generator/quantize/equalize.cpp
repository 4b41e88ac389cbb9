#include "quantize/equalize.h"

#include "graph/shapes.h"
#include "quantize/layers.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr int most_rounds = 40;
constexpr double settled = 1.001;                         // a factor this near to 1 moves nothing
constexpr double least_factor = 1e-4, most_factor = 1e4;  // of a channel, all rounds together
constexpr float uncut = 5.999F;                           // below it, a ReLU6 cuts nothing off

/// A layer whose output channels may be scaled, and who takes them.
struct Pair {
    std::size_t maker;
    std::vector<std::size_t> readers;
    std::vector<double> factors;  // so far: the channel is its original one divided by this
    Activation activation;
    std::vector<float> most;  // of the original channel, over the pictures
};

/// The largest weights of each channel: of the outputs, or of the inputs.
std::vector<double> largest_weights(const Graph& graph, const Node& node, bool inputs, std::size_t channels) {
    std::vector<double> largest(channels, 0);
    const WeightPlaces places(graph, node);
    const std::vector<float>& weights = weights_of(node)->floats();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const WeightPlace place = places(i);
        double& most = largest[inputs ? place.input : place.output];
        most = std::max(most, static_cast<double>(std::abs(weights[i])));
    }
    return largest;
}

void scale(const Graph& graph, Node& node, const std::vector<double>& factors, bool inputs) {
    const WeightPlaces places(graph, node);
    std::vector<float>& weights = weights_of(node)->floats();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const WeightPlace place = places(i);
        const double factor = factors[inputs ? place.input : place.output];
        weights[i] = static_cast<float>(inputs ? static_cast<double>(weights[i]) * factor
                                               : static_cast<double>(weights[i]) / factor);
    }
    if (inputs) return;
    std::vector<float>& bias = bias_of(node)->floats();
    for (std::size_t c = 0; c < bias.size(); ++c)
        bias[c] = static_cast<float>(static_cast<double>(bias[c]) / factors[c]);
}

std::vector<Pair> find_pairs(const Graph& graph, const PictureStatistics& calibration) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        if (weights_of(node) == nullptr || leaves_network(graph, node.outputs[0])) continue;
        std::vector<std::size_t> readers = readers_of(graph, node.outputs[0]);
        const bool all_weighted = std::all_of(readers.begin(), readers.end(), [&](std::size_t reader) {
            return weights_of(graph.nodes[reader]) != nullptr && graph.nodes[reader].inputs.size() == 1;
        });
        // A depthwise layer that has the picture cannot pass a factor on to it, but its outputs may be scaled.
        if (!all_weighted || readers.empty() || node.inputs.size() != 1) continue;
        const std::vector<float>& most = calibration.channel_most[static_cast<std::size_t>(node.outputs[0])];
        const Activation activation =
            std::visit([](const auto& operation) { return activation_of(operation); }, node.operation);
        pairs.push_back({i, std::move(readers), std::vector<double>(most.size(), 1), activation, most});
    }
    return pairs;
}

/// By what a channel is divided in this round; 1 for one without weights on a side.
double step_of(const Pair& pair, std::size_t channel, double made, double taken) {
    if (!(made > 0 && taken > 0)) return 1;
    double step = std::sqrt(made / taken);
    step = std::clamp(step, least_factor / pair.factors[channel], most_factor / pair.factors[channel]);
    switch (pair.activation) {
        case Activation::none:
        case Activation::relu: return step;
        case Activation::relu6: {
            const double most = static_cast<double>(pair.most[channel]);
            if (most >= static_cast<double>(uncut)) return 1;
            return std::max(step, most / (static_cast<double>(uncut) * pair.factors[channel]));
        }
    }
    throw InternalError("internal error: broken invariant: every activation is known to equalization");
}

/// True if anything moved.
bool equalize_pair(Graph& graph, Pair& pair) {
    const std::size_t channels = pair.factors.size();
    const std::vector<double> made = largest_weights(graph, graph.nodes[pair.maker], false, channels);
    std::vector<double> taken(channels, 0), steps(channels, 1);
    for (const std::size_t reader : pair.readers) {
        const std::vector<double> own = largest_weights(graph, graph.nodes[reader], true, channels);
        for (std::size_t c = 0; c < channels; ++c) taken[c] = std::max(taken[c], own[c]);
    }
    bool moved = false;
    for (std::size_t c = 0; c < channels; ++c) {
        steps[c] = step_of(pair, c, made[c], taken[c]);
        pair.factors[c] *= steps[c];
        moved = moved || steps[c] > settled || steps[c] < 1 / settled;
    }
    scale(graph, graph.nodes[pair.maker], steps, false);
    for (const std::size_t reader : pair.readers) scale(graph, graph.nodes[reader], steps, true);
    return moved;
}

}  // namespace

Equalization equalize(Graph& graph, const PictureStatistics& calibration) {
    std::vector<Pair> pairs = find_pairs(graph, calibration);
    bool moved = true;
    for (int round = 0; moved && round < most_rounds; ++round) {
        moved = false;
        for (Pair& pair : pairs) moved = equalize_pair(graph, pair) || moved;
    }
    Equalization result;
    for (const Pair& pair : pairs) {
        const auto scaled =
            std::count_if(pair.factors.begin(), pair.factors.end(), [](double factor) { return factor != 1; });
        const auto cut = std::count_if(pair.most.begin(), pair.most.end(), [](float most) { return most >= uncut; });
        result.layers += scaled > 0 ? 1 : 0;
        result.channels += static_cast<int>(scaled);
        if (pair.activation == Activation::relu6 && cut > 0)
            result.left.push_back(fmt::format("{}: its ReLU6 cuts off {} of {} channels, which are left as they are",
                                              graph.nodes[pair.maker].name, cut, pair.most.size()));
    }
    for (const Node& node : graph.nodes)
        if (weights_of(node) != nullptr)
            for (const WeightTensor* tensor : {weights_of(node), bias_of(node)})
                for (const float value : tensor->floats())
                    check(std::isfinite(value), [&] { return "equalized weights are finite: " + node.name; });
    return result;
}

}  // namespace ssdgen
