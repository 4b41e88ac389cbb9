#include "graph/counts.h"

#include "description/spelling.h"
#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// Outputs in all of a node that may have several.
std::int64_t output_channels(const Graph& graph, const Node& node) {
    std::int64_t channels = 0;
    for (const TensorId output : node.outputs) channels += shape_of(graph, output).channels;
    return channels;
}

/// Weights of a node without its biases.
std::int64_t weights(const Graph& graph, const Node& node) {
    const Shape& input = shape_of(graph, node.inputs[0]);
    if (const auto* convolution = std::get_if<Convolution>(&node.operation))
        return taps(convolution->window) * input.channels * output_channels(graph, node);
    if (const auto* depthwise = std::get_if<Depthwise>(&node.operation))
        return taps(depthwise->window) * input.channels;
    if (std::holds_alternative<FullyConnected>(node.operation)) return elements(input) * output_channels(graph, node);
    return 0;
}

}  // namespace

std::int64_t macs(const Graph& graph, const Node& node) {
    const Shape& output = shape_of(graph, node.outputs[0]);
    return weights(graph, node) * output.height * output.width;
}

std::int64_t parameters(const Graph& graph, const Node& node) {
    const std::int64_t count = weights(graph, node);
    return count == 0 ? 0 : count + output_channels(graph, node);
}

const char* kind_name(const Graph& graph, const Node& node) {
    check(!node.outputs.empty() && shape_of(graph, node.outputs[0]).channels > 0, "a node has an output");
    struct Namer {
        const char* operator()(const Normalise&) const { return "normalise"; }
        const char* operator()(const Convolution& convolution) const {
            return taps(convolution.window) == 1 ? spell(LayerKind::pointwise) : spell(LayerKind::convolution);
        }
        const char* operator()(const Depthwise&) const { return spell(LayerKind::depthwise); }
        const char* operator()(const AveragePool&) const { return spell(LayerKind::average_pool); }
        const char* operator()(const FullyConnected&) const { return spell(LayerKind::fully_connected); }
        const char* operator()(const Softmax&) const { return spell(LayerKind::softmax); }
    };
    return std::visit(Namer{}, node.operation);
}

}  // namespace ssdgen
