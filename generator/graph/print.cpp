#include "description/spelling.h"
#include "graph/build.h"
#include "graph/counts.h"
#include "graph/shapes.h"
#include "support/error.h"

#include <fmt/ranges.h>

namespace ssdgen {

namespace {

/// "2", or "2x1" where rows and columns differ.
std::string both(int rows, int columns) {
    return rows == columns ? std::to_string(rows) : fmt::format("{}x{}", rows, columns);
}

std::string window_text(const Window& window) {
    const WindowAxis &rows = window.rows, &columns = window.columns;
    std::string text = fmt::format(" {}x{}/{}", rows.kernel, columns.kernel, both(rows.stride, columns.stride));
    if (rows.dilation != 1 || columns.dilation != 1)
        text += fmt::format(" dilation {}", both(rows.dilation, columns.dilation));
    if (is_padded(window)) text += fmt::format(" pads {}", fmt::join(pads_of(window), ","));
    return text;
}

/// What an operation has beside its shapes.
struct Details {
    std::string operator()(const Normalise&) const { return ""; }
    std::string operator()(const Softmax&) const { return ""; }
    std::string operator()(const AveragePool& pool) const { return window_text(pool.window); }
    std::string operator()(const FullyConnected& layer) const {
        return activation_suffix(" ", layer.activation) + weights_text(layer.weights);
    }
    std::string operator()(const Depthwise& layer) const {
        return window_text(layer.window) + activation_suffix(" ", layer.activation) + weights_text(layer.weights) +
               (layer.batch_norm ? " batch norm" : "");
    }
    std::string operator()(const Convolution& layer) const {
        return window_text(layer.window) + activation_suffix(" ", layer.activation) + weights_text(layer.weights) +
               (layer.batch_norm ? " batch norm" : "") +
               (layer.input_mean.empty() ? "" : " takes the mean from the bytes");
    }

    static std::string weights_text(const WeightTensor& weights) {
        if (weights.empty()) return " (no weights)";
        return weights.element() == Element::f32 ? "" : fmt::format(" weights {}", spell(weights.element()));
    }
};

std::string node_text(const Graph& graph, const Node& node) {
    std::string text =
        fmt::format("{}: {}{},", node.name, kind_name(graph, node), std::visit(Details{}, node.operation));
    for (const TensorId input : node.inputs)
        text += fmt::format(" {} {}", graph.tensors[static_cast<std::size_t>(input)].name,
                            to_string(shape_of(graph, input)));
    text += " ->";
    for (const TensorId output : node.outputs)
        text += fmt::format(" {} {}", graph.tensors[static_cast<std::size_t>(output)].name,
                            to_string(shape_of(graph, output)));
    return text + "\n";
}

}  // namespace

std::string print_graph(const Graph& graph) {
    std::string text = fmt::format("graph {} alpha {} rho {}\n", graph.name, graph.alpha, graph.rho);
    for (const Node& node : graph.nodes) text += node_text(graph, node);
    if (!graph.head) {
        // A softmax is a node.
        const bool told = graph.scores && *graph.scores != ScoreConversion::softmax;
        return text + (told ? fmt::format("scores: {}\n", spell(*graph.scores)) : "");
    }
    for (const HeadSource& source : graph.head->sources)
        text += fmt::format("source {}: {} boxes a cell, priors from {}\n", source.layer, source.boxes_per_cell,
                            source.first_prior);
    return text;
}

}  // namespace ssdgen
