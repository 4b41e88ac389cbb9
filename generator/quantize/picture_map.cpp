#include "quantize/picture_map.h"

#include "quantize/layers.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ssdgen {

namespace {

struct ChannelTerms {
    double factor, offset;  // of the weights; in real numbers
};

void take_up(const Graph& graph, Node& node, const std::vector<ChannelTerms>& channels) {
    const WeightPlaces places(graph, node);
    std::vector<float>&weights = weights_of(node)->floats(), &bias = bias_of(node)->floats();
    std::vector<double> offsets(bias.size(), 0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const WeightPlace place = places(i);
        const double weight = static_cast<double>(weights[i]);
        offsets[place.output] += weight * channels[place.input].offset;
        weights[i] = static_cast<float>(weight * channels[place.input].factor);
    }
    for (std::size_t c = 0; c < bias.size(); ++c)
        bias[c] = static_cast<float>(static_cast<double>(bias[c]) + offsets[c]);
}

}  // namespace

Quantization store_picture(Graph& graph) {
    const auto& normalise = std::get<Normalise>(graph.nodes[0].operation);
    const std::size_t count = normalise.mean.size();
    double scale = 0, mean = 0;
    for (std::size_t c = 0; c < count; ++c) {
        scale = std::max(scale, static_cast<double>(std::abs(normalise.scale[c])));
        mean += static_cast<double>(normalise.mean[c]) / static_cast<double>(count);
    }
    if (!(scale > 0)) fail_input(at(graph.file, "/input/scale"), "found only 0; allowed: a scale above 0");
    const double zero = std::clamp(std::round(mean), 0.0, 255.0);
    std::vector<ChannelTerms> channels;
    bool exact = true, alike = true;
    for (std::size_t c = 0; c < count; ++c) {
        const double own_scale = static_cast<double>(normalise.scale[c]),
                     own_mean = static_cast<double>(normalise.mean[c]);
        channels.push_back({own_scale / scale, (zero - own_mean) * own_scale});
        alike = alike && own_scale == scale && normalise.mean[c] == normalise.mean[0];
        exact = exact && channels[c].factor == 1 && channels[c].offset == 0;
    }
    Quantization quantization{{static_cast<float>(scale)}, {static_cast<std::int32_t>(zero) - 128}, -1};
    if (exact) return quantization;
    for (const std::size_t reader : readers_of(graph, graph.nodes[0].outputs[0])) {
        Node& node = graph.nodes[reader];
        if (weights_of(node) != nullptr)
            take_up(graph, node, channels);
        else if (!alike)
            fail_input(at(graph.file, node.pointer),
                       "{} reads a picture whose channels have means or scales of their own; allowed: one mean and "
                       "scale, or layers with weights alone that read the picture",
                       node.name);
    }
    return quantization;
}

}  // namespace ssdgen
