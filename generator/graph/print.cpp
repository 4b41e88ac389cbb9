#include "description/spelling.h"
#include "graph/build.h"
#include "graph/counts.h"
#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

std::string node_text(const Graph& graph, const Node& node) {
    const std::string details = std::visit([](const auto& operation) { return details_of(operation); }, node.operation);
    std::string text = fmt::format("{}: {}{},", node.name, kind_name(graph, node), details);
    for (const TensorId input : node.inputs)
        text += fmt::format(" {} {}", graph.tensors[static_cast<std::size_t>(input)].name,
                            to_string(shape_of(graph, input)));
    text += " ->";
    for (const TensorId output : node.outputs) {
        const Tensor& tensor = graph.tensors[static_cast<std::size_t>(output)];
        text += fmt::format(" {} {}", tensor.name, to_string(tensor.shape));
        if (tensor.slice)
            text +=
                fmt::format(" in {} from channel {}", graph.tensors[static_cast<std::size_t>(tensor.slice->whole)].name,
                            tensor.slice->first_channel);
    }
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
