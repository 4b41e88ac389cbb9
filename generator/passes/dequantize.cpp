#include "passes/dequantize.h"

namespace ssdgen {

namespace {

void dequantize_tensor(WeightTensor& tensor) {
    if (tensor.element() != Element::f32) tensor = {tensor.shape, tensor.values()};
}

struct Dequantizer {
    void operator()(Normalise&) const {}
    void operator()(AveragePool&) const {}
    void operator()(MaxPool&) const {}
    void operator()(Add&) const {}
    void operator()(Concat&) const {}
    void operator()(Softmax&) const {}
    void operator()(Convolution& layer) const { dequantize_layer(layer); }
    void operator()(Depthwise& layer) const { dequantize_layer(layer); }
    void operator()(FullyConnected& layer) const { dequantize_layer(layer); }

    template <class Layer>
    void dequantize_layer(Layer& layer) const {
        dequantize_tensor(layer.weights);
        dequantize_tensor(layer.bias);
    }
};

/// Weights were made for the picture as its map has it, which a description may say by another mean or scale.
void take_mean_and_scale(Graph& graph) {
    if (graph.nodes.empty()) return;
    auto* normalise = std::get_if<Normalise>(&graph.nodes[0].operation);
    if (normalise == nullptr) return;
    const Tensor& map = graph.tensors[static_cast<std::size_t>(graph.nodes[0].outputs[0])];
    if (!map.quantization) return;
    const int first = map.element == Element::s8 ? 128 : 0;  // it holds bytes less this
    const std::size_t channels = normalise->mean.size();
    normalise->mean.assign(channels, static_cast<float>(map.quantization->zero_point[0] + first));
    normalise->scale.assign(channels, map.quantization->scale[0]);
}

}  // namespace

Graph dequantize(Graph graph) {
    take_mean_and_scale(graph);
    for (Node& node : graph.nodes) {
        std::visit(Dequantizer{}, node.operation);
        for (const TensorId output : node.outputs) {
            Tensor& map = graph.tensors[static_cast<std::size_t>(output)];
            map.element = Element::f32;
            map.quantization.reset();
        }
    }
    return graph;
}

}  // namespace ssdgen
