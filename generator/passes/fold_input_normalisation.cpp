#include "passes/fold_input_normalisation.h"

#include "passes/edit.h"
#include "support/error.h"

#include <cmath>

namespace ssdgen {

namespace {

void scale_weights(std::vector<float>& weights, const std::vector<float>& scale, const std::string& where) {
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = static_cast<float>(static_cast<double>(weights[i]) * scale[i % scale.size()]);
        if (!std::isfinite(weights[i]))
            fail_input(where,
                       "found an input scale that makes weights of {}; allowed: finite weights once it is folded",
                       weights[i]);
    }
}

}  // namespace

Graph fold_input_normalisation(Graph graph) {
    check(!graph.nodes.empty() && std::holds_alternative<Normalise>(graph.nodes[0].operation),
          "a graph as built starts with its Normalise");
    const Node normalise_node = graph.nodes[0];
    const auto& normalise = std::get<Normalise>(normalise_node.operation);
    const TensorId normalised = normalise_node.outputs[0];
    Node& first = first_layer(graph);
    auto& convolution = std::get<Convolution>(first.operation);
    scale_weights(convolution.weights.floats(), normalise.scale,
                  fmt::format("{}: {}", at(graph.file, first.pointer), first.name));
    convolution.input_mean = normalise.mean;
    first.inputs[0] = graph.input;
    graph.nodes.erase(graph.nodes.begin());
    remove_tensor(graph, normalised);
    return graph;
}

}  // namespace ssdgen
