#include "reference/interpreter.h"

#include "graph/shapes.h"
#include "reference/operations.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

/// All outputs of a node, their channels together.
Values run(const Node& node, const Inputs& inputs, const Shape& from, const Shape& to) {
    struct Runner {
        const Inputs& inputs;
        const Values& input;
        const Shape &from, &to;
        Values operator()(const Normalise& operation) const { return normalise(operation, input); }
        Values operator()(const Convolution& operation) const { return convolve(operation, inputs, from, to); }
        Values operator()(const Depthwise& operation) const { return convolve_depthwise(operation, inputs, from, to); }
        Values operator()(const AveragePool& operation) const { return average(operation, input, from, to); }
        Values operator()(const MaxPool& operation) const { return maximum(operation, input, from, to); }
        Values operator()(const FullyConnected& operation) const { return connect_fully(operation, input, to); }
        Values operator()(const Add& operation) const { return add(operation, inputs); }
        Values operator()(const Concat&) const {
            return concat(inputs, static_cast<std::size_t>(to.height) * static_cast<std::size_t>(to.width));
        }
        Values operator()(const Softmax&) const { return softmax(input); }
    };
    return std::visit(Runner{inputs, *inputs[0], from, to}, node.operation);
}

/// Deals the channels of each pixel out to the outputs, in order.
void split(const Graph& graph, const Node& node, Values joined, std::vector<Values>& values) {
    if (node.outputs.size() == 1) {
        values[static_cast<std::size_t>(node.outputs[0])] = std::move(joined);
        return;
    }
    auto next = joined.begin();
    while (next != joined.end())
        for (const TensorId output : node.outputs) {
            const auto end = next + shape_of(graph, output).channels;
            Values& part = values[static_cast<std::size_t>(output)];
            part.insert(part.end(), next, end);
            next = end;
        }
}

/// Puts a slice into its whole, and that into its own.
void join_whole(const Graph& graph, TensorId part, std::vector<Values>& values) {
    const Tensor& tensor = graph.tensors[static_cast<std::size_t>(part)];
    if (!tensor.slice) return;
    const Shape& wide = shape_of(graph, tensor.slice->whole);
    Values& whole = values[static_cast<std::size_t>(tensor.slice->whole)];
    whole.resize(static_cast<std::size_t>(elements(wide)));
    auto from = values[static_cast<std::size_t>(part)].begin();
    for (auto to = whole.begin() + tensor.slice->first_channel; from != values[static_cast<std::size_t>(part)].end();
         to += wide.channels, from += tensor.shape.channels)
        std::copy(from, from + tensor.shape.channels, to);
    join_whole(graph, tensor.slice->whole, values);
}

}  // namespace

std::vector<std::vector<double>> interpret(const Graph& graph, const std::vector<std::uint8_t>& image) {
    check(static_cast<std::int64_t>(image.size()) == elements(shape_of(graph, graph.input)),
          "the picture has the network's input size");
    std::vector<Values> values(graph.tensors.size());
    values[static_cast<std::size_t>(graph.input)].assign(image.begin(), image.end());
    for (const Node& node : graph.nodes) {
        const Shape& from = shape_of(graph, node.inputs[0]);
        const Shape& to = shape_of(graph, node.outputs[0]);
        Inputs inputs;
        for (const TensorId input : node.inputs) inputs.push_back(&values[static_cast<std::size_t>(input)]);
        split(graph, node, run(node, inputs, from, to), values);
        for (const TensorId output : node.outputs) join_whole(graph, output, values);
    }
    return values;
}

}  // namespace ssdgen
