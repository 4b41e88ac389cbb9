#pragma once

#include "description/read.h"
#include "graph/build.h"
#include "graph/counts.h"
#include "graph/shapes.h"
#include "support/error.h"
#include "weights/random.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace ssdgen::test {

/// configs/NAME.json, called NAME.json in messages.
inline Description config(const std::string& name) {
    Description description = read_description(SSDGEN_SOURCE_DIR "/configs/" + name + ".json");
    description.file = name + ".json";
    return description;
}

/// A layer under the caffe rule with its default pad.
inline LayerDescription layer(LayerKind kind, const std::string& name, int channels, const PerAxis& kernel = 1,
                              const PerAxis& stride = 1) {
    LayerDescription layer;
    layer.name = name;
    layer.kind = kind;
    layer.channels = channels;
    layer.kernel = kernel;
    layer.stride = stride;
    return layer;
}

inline LayerDescription convolution(const std::string& name, int channels, const PerAxis& kernel,
                                    const PerAxis& stride = 1) {
    return layer(LayerKind::convolution, name, channels, kernel, stride);
}
inline LayerDescription depthwise(const std::string& name, const PerAxis& kernel, const PerAxis& stride = 1) {
    return layer(LayerKind::depthwise, name, 0, kernel, stride);
}
inline LayerDescription pointwise(const std::string& name, int channels) {
    return layer(LayerKind::pointwise, name, channels);
}
inline LayerDescription fully_connected(const std::string& name, int channels) {
    return layer(LayerKind::fully_connected, name, channels);
}
/// kernel 0: the whole map.
inline LayerDescription average_pool(const std::string& name, const PerAxis& kernel, const PerAxis& stride = 1) {
    LayerDescription pool = layer(LayerKind::average_pool, name, 0, kernel, stride);
    pool.pad = Pads{0, 0, 0, 0};
    return pool;
}
/// Under the caffe rule; kernel 0: the whole map.
inline LayerDescription max_pool(const std::string& name, const PerAxis& kernel, const PerAxis& stride,
                                 const Pads& pads, PoolRounding rounding = PoolRounding::floor) {
    LayerDescription pool = layer(LayerKind::max_pool, name, 0, kernel, stride);
    pool.pad = pads;
    pool.rounding = rounding;
    return pool;
}
inline LayerDescription softmax(const std::string& name) { return layer(LayerKind::softmax, name, 0); }

/// A classifier on a gray or rgb picture, its bytes taken as they are; alpha scales the backbone, rounding down.
inline Description classifier(int height, int width, int channels, std::vector<LayerDescription> layers) {
    Description description;
    description.file = "net.json";
    description.name = "net";
    description.alpha_scales = {Section::backbone};
    description.input.height = height;
    description.input.width = width;
    description.input.channels = channels;
    description.input.order = channels == 1 ? ChannelOrder::gray : ChannelOrder::rgb;
    description.input.mean.assign(static_cast<std::size_t>(channels), 0.0F);
    description.input.scale.assign(static_cast<std::size_t>(channels), 1.0F);
    description.backbone = std::move(layers);
    for (std::size_t i = 0; i < description.backbone.size(); ++i)
        description.backbone[i].pointer = "/backbone/" + std::to_string(i);
    return description;
}

/// A detector on such a picture, whose priors are a table, with two boxes a cell at every source.
inline Description detector(int height, int width, std::vector<LayerDescription> layers,
                            const std::vector<std::string>& sources, int classes, int kernel = 1) {
    Description description = classifier(height, width, 3, std::move(layers));
    description.head.emplace();
    description.head->classes = classes;
    description.head->kernel = kernel;
    description.head->priors.convention = PriorConvention::table;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        SourceDescription source;
        source.layer = sources[i];
        source.boxes = 2;
        source.pointer = "/head/sources/" + std::to_string(i);
        description.head->sources.push_back(source);
    }
    return description;
}

/// A graph with seeded weights.
inline Graph with_random_weights(const Description& description, const Multipliers& multipliers = {}) {
    Graph graph = build_graph(description, multipliers);
    bind_weights(graph, description, random_weights(expected_tensors(graph), 7));
    return graph;
}

inline std::int64_t total_macs(const Graph& graph) {
    std::int64_t total = 0;
    for (const Node& node : graph.nodes) total += macs(graph, node);
    return total;
}

inline std::int64_t total_parameters(const Graph& graph) {
    std::int64_t total = 0;
    for (const Node& node : graph.nodes) total += parameters(graph, node);
    return total;
}

inline const Node& node_of(const Graph& graph, const std::string& name) {
    for (const Node& node : graph.nodes)
        if (node.name == name) return node;
    throw InternalError("no node " + name);
}

inline TensorId tensor_of(const Graph& graph, const std::string& name) {
    for (std::size_t i = 0; i < graph.tensors.size(); ++i)
        if (graph.tensors[i].name == name) return static_cast<TensorId>(i);
    throw InternalError("no tensor " + name);
}

/// "19x19x512" of a tensor.
inline std::string shape_text(const Graph& graph, const std::string& name) {
    return to_string(shape_of(graph, tensor_of(graph, name)));
}

/// The whole message of the InputError that an action ends in; empty if it ends in none.
template <class Action>
std::string input_error(Action action) {
    try {
        action();
    } catch (const InputError& error) {
        return error.what();
    }
    return {};
}

/// The largest difference over the largest magnitude.
inline double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return INFINITY;
    double difference = 0;
    double magnitude = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = std::fmax(difference, std::fabs(a[i] - b[i]));
        magnitude = std::fmax(magnitude, std::fabs(a[i]));
    }
    return magnitude == 0 ? difference : difference / magnitude;
}

}  // namespace ssdgen::test
