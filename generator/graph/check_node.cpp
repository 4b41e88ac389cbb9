#include "graph/check_node.h"

#include "graph/shapes.h"

namespace ssdgen {

void check_node(const Graph& graph, const Node& node) {
    const NodeMaps maps = maps_of(graph, node);
    const NodeCheck checks(node.name, maps);
    const auto inputs = static_cast<int>(node.inputs.size());
    const Arity arity = std::visit([](const auto& operation) { return arity_of(operation); }, node.operation);
    checks.require(arity.least <= inputs && inputs <= arity.most, "a node has as many inputs as its operation takes");
    for (const Shape& output : maps.outputs)
        checks.require(output.height == maps.output().height && output.width == maps.output().width,
                       "the outputs have one size");
    std::visit([&](const auto& operation) { check_operation(operation, checks); }, node.operation);
}

}  // namespace ssdgen
