#include "graph/counts.h"

#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// Weights of a node without its biases.
std::int64_t weights(const Graph& graph, const Node& node) {
    const NodeMaps maps = maps_of(graph, node);
    return std::visit([&](const auto& operation) { return weight_count(operation, maps); }, node.operation);
}

}  // namespace

std::int64_t macs(const Graph& graph, const Node& node) {
    const Shape& output = shape_of(graph, node.outputs[0]);
    return weights(graph, node) * output.height * output.width;
}

std::int64_t parameters(const Graph& graph, const Node& node) {
    const std::int64_t count = weights(graph, node);
    return count == 0 ? 0 : count + maps_of(graph, node).channels();
}

const char* kind_name(const Graph& graph, const Node& node) {
    check(!node.outputs.empty() && shape_of(graph, node.outputs[0]).channels > 0, "a node has an output");
    return std::visit([](const auto& operation) { return kind_of(operation); }, node.operation);
}

}  // namespace ssdgen
