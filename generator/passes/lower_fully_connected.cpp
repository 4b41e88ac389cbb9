#include "passes/lower_fully_connected.h"

#include "graph/shapes.h"

namespace ssdgen {

Graph lower_fully_connected(Graph graph) {
    for (Node& node : graph.nodes) {
        auto* layer = std::get_if<FullyConnected>(&node.operation);
        if (layer == nullptr) continue;
        const Shape& map = shape_of(graph, node.inputs[0]);
        Convolution convolution;
        convolution.window = {whole_axis(map.height), whole_axis(map.width)};
        convolution.activation = layer->activation;
        convolution.weights = std::move(layer->weights);
        convolution.bias = std::move(layer->bias);
        convolution.factors = std::move(layer->factors);
        node.operation = std::move(convolution);
    }
    return graph;
}

}  // namespace ssdgen
