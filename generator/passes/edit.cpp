#include "passes/edit.h"

#include "support/error.h"

namespace ssdgen {

void remove_tensor(Graph& graph, TensorId tensor) {
    const auto renumber = [&](TensorId& id) {
        check(id != tensor, "a tensor that goes away is in no use");
        if (id > tensor) --id;
    };
    renumber(graph.input);
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
