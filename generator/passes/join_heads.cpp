#include "passes/join_heads.h"

#include "passes/edit.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// A scale and a zero point for each output, which two tensors have one each for, or so already.
void append(std::optional<Quantization>& meaning, int outputs, const Quantization& more, int more_outputs) {
    Quantization joined;
    joined.axis = 0;
    const auto add = [&](const Quantization& one, int count) {
        for (int output = 0; output < count; ++output) {
            const std::size_t at = one.axis == -1 ? 0 : static_cast<std::size_t>(output);
            joined.scale.push_back(one.scale[at]);
            joined.zero_point.push_back(one.zero_point[at]);
        }
    };
    add(*meaning, outputs);
    add(more, more_outputs);
    meaning = std::move(joined);
}

/// Weights and biases are [out] first, so outputs are concatenated by appending.
void append(WeightTensor& tensor, const WeightTensor& more) {
    if (more.empty()) return;
    check(tensor.element() == more.element(), "both heads of a source are stored alike");
    const auto insert = [&](auto& numbers) {
        const auto& others = std::get<std::decay_t<decltype(numbers)>>(more.numbers);
        numbers.insert(numbers.end(), others.begin(), others.end());
    };
    if (tensor.quantization) append(tensor.quantization, tensor.shape[0], *more.quantization, more.shape[0]);
    std::visit(insert, tensor.numbers);
    tensor.shape[0] += more.shape[0];
}

void append(std::optional<SumFactors>& factors, const std::optional<SumFactors>& more) {
    if (!factors) return;
    factors->fixed.insert(factors->fixed.end(), more->fixed.begin(), more->fixed.end());
    factors->real.insert(factors->real.end(), more->real.begin(), more->real.end());
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
    append(convolution->factors, other->factors);
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
