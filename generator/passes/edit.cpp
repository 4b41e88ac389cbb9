#include "passes/edit.h"

#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

/// The one node that takes a tensor.
Node& only_consumer(Graph& graph, TensorId tensor) {
    Node* consumer = nullptr;
    for (Node& node : graph.nodes) {
        if (std::find(node.inputs.begin(), node.inputs.end(), tensor) == node.inputs.end()) continue;
        check(consumer == nullptr, "one layer takes the picture");
        consumer = &node;
    }
    check(consumer != nullptr, "a layer takes the picture");
    return *consumer;
}

}  // namespace

Node& first_layer(Graph& graph) {
    check(!graph.nodes.empty() && std::holds_alternative<Normalise>(graph.nodes[0].operation),
          "a graph as built starts with its Normalise");
    Node& first = only_consumer(graph, graph.nodes[0].outputs[0]);
    if (!std::holds_alternative<Convolution>(first.operation))
        fail_input(fmt::format("{}: {}", at(graph.file, first.pointer), first.name),
                   "found a first layer of another kind; allowed: the first layer has to be a convolution");
    return first;
}

std::size_t maker_of(const Graph& graph, TensorId tensor) {
    const auto makes = [&](const Node& node) {
        return std::find(node.outputs.begin(), node.outputs.end(), tensor) != node.outputs.end();
    };
    const auto place = std::find_if(graph.nodes.begin(), graph.nodes.end(), makes);
    check(place != graph.nodes.end(), "a tensor is made");
    return static_cast<std::size_t>(place - graph.nodes.begin());
}

int count_readers(const Graph& graph, TensorId tensor) {
    std::ptrdiff_t readers = 0;
    for (const Node& node : graph.nodes) readers += std::count(node.inputs.begin(), node.inputs.end(), tensor);
    return static_cast<int>(readers);
}

bool is_output(const Graph& graph, TensorId tensor) {
    if (!graph.head) return tensor == graph.logits;
    const auto& sources = graph.head->sources;
    return std::any_of(sources.begin(), sources.end(),
                       [&](const HeadSource& source) { return tensor == source.boxes || tensor == source.logits; });
}

void remove_tensor(Graph& graph, TensorId tensor) {
    const auto renumber = [&](TensorId& id) {
        check(id != tensor, "a tensor that goes away is in no use");
        if (id > tensor) --id;
    };
    renumber(graph.input);
    for (Tensor& other : graph.tensors)
        if (other.slice) renumber(other.slice->whole);
    if (graph.logits >= 0) renumber(graph.logits);
    for (Node& node : graph.nodes) {
        for (TensorId& id : node.inputs) renumber(id);
        for (TensorId& id : node.outputs) renumber(id);
    }
    if (graph.head)
        for (HeadSource& source : graph.head->sources) {
            renumber(source.boxes);
            renumber(source.logits);
        }
    graph.tensors.erase(graph.tensors.begin() + tensor);
}

}  // namespace ssdgen
