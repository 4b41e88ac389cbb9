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

}  // namespace

Graph dequantize(Graph graph) {
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
