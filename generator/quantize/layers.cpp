#include "quantize/layers.h"

#include "graph/shapes.h"

#include <algorithm>

namespace ssdgen {

namespace {

template <class Result, class AnyNode>
Result* tensor_of_layer(AnyNode& node, bool bias) {
    const auto of = [bias](auto& layer) -> Result* { return bias ? &layer.bias : &layer.weights; };
    if (auto* layer = std::get_if<Convolution>(&node.operation)) return of(*layer);
    if (auto* layer = std::get_if<Depthwise>(&node.operation)) return of(*layer);
    if (auto* layer = std::get_if<FullyConnected>(&node.operation)) return of(*layer);
    return nullptr;
}

}  // namespace

const WeightTensor* weights_of(const Node& node) { return tensor_of_layer<const WeightTensor>(node, false); }
WeightTensor* weights_of(Node& node) { return tensor_of_layer<WeightTensor>(node, false); }
const WeightTensor* bias_of(const Node& node) { return tensor_of_layer<const WeightTensor>(node, true); }
WeightTensor* bias_of(Node& node) { return tensor_of_layer<WeightTensor>(node, true); }

WeightPlaces::WeightPlaces(const Graph& graph, const Node& node)
    : inputs_(static_cast<std::size_t>(shape_of(graph, node.inputs[0]).channels)),
      outputs_(static_cast<std::size_t>(shape_of(graph, node.outputs[0]).channels)),
      terms_(weights_of(node)->size() / outputs_),
      depthwise_(std::holds_alternative<Depthwise>(node.operation)) {}

WeightPlace WeightPlaces::operator()(std::size_t index) const {
    if (depthwise_) return {index % outputs_, index % outputs_};  // [tap][channel]
    return {index / terms_, index % inputs_};                     // [out][tap][in]
}

std::vector<std::size_t> readers_of(const Graph& graph, TensorId tensor) {
    std::vector<std::size_t> readers;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const std::vector<TensorId>& inputs = graph.nodes[i].inputs;
        if (std::find(inputs.begin(), inputs.end(), tensor) != inputs.end()) readers.push_back(i);
    }
    return readers;
}

bool leaves_network(const Graph& graph, TensorId tensor) {
    if (!graph.head) return tensor == graph.logits || readers_of(graph, tensor).empty();
    const std::vector<HeadSource>& sources = graph.head->sources;
    return std::any_of(sources.begin(), sources.end(),
                       [&](const HeadSource& source) { return source.boxes == tensor || source.logits == tensor; });
}

}  // namespace ssdgen
