#include "passes/take_stored_picture.h"

#include "passes/edit.h"

namespace ssdgen {

Graph take_stored_picture(Graph graph) {
    first_layer(graph).inputs[0] = graph.input;
    const TensorId stored = graph.nodes[0].outputs[0];
    Tensor& picture = graph.tensors[static_cast<std::size_t>(graph.input)];
    picture.element = graph.tensors[static_cast<std::size_t>(stored)].element;
    picture.quantization = graph.tensors[static_cast<std::size_t>(stored)].quantization;
    graph.nodes.erase(graph.nodes.begin());
    remove_tensor(graph, stored);
    return graph;
}

}  // namespace ssdgen
