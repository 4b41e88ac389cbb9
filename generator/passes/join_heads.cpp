#include "passes/join_heads.h"

#include "passes/edit.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// Weights and biases are [out] first, so outputs are concatenated by appending.
void append(WeightTensor& tensor, const WeightTensor& more) {
    if (more.empty()) return;
    tensor.floats().insert(tensor.floats().end(), more.floats().begin(), more.floats().end());
    tensor.shape[0] += more.shape[0];
}

void join(Node& boxes, const Node& scores, const std::string& name) {
    check(boxes.inputs == scores.inputs, "both heads of a source read its map: " + name);
    auto* convolution = std::get_if<Convolution>(&boxes.operation);
    const auto* other = std::get_if<Convolution>(&scores.operation);
    check(convolution != nullptr && other != nullptr, "heads are convolutions: " + name);
    check(convolution->window == other->window && convolution->activation == other->activation &&
              convolution->input_mean == other->input_mean,
          "both heads of a source compute alike: " + name);
    check(!convolution->batch_norm && !other->batch_norm, "batch norm is folded before heads are joined: " + name);
    check(convolution->weights.empty() == other->weights.empty(), "both heads have weights or none: " + name);
    append(convolution->weights, other->weights);
    append(convolution->bias, other->bias);
    boxes.name = name;
    boxes.outputs.insert(boxes.outputs.end(), scores.outputs.begin(), scores.outputs.end());
}

}  // namespace

Graph join_heads(Graph graph) {
    if (!graph.head) return graph;
    for (const HeadSource& source : graph.head->sources) {
        const std::size_t boxes = maker_of(graph, source.boxes);
        const std::size_t scores = maker_of(graph, source.logits);
        join(graph.nodes[boxes], graph.nodes[scores], source.layer + "_mbox");
        graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(scores));
    }
    return graph;
}

}  // namespace ssdgen
