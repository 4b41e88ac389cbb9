#include "graph/build.h"
#include "graph/check_node.h"
#include "graph/shapes.h"
#include "graph/slices.h"
#include "support/error.h"

#include <set>

namespace ssdgen {

namespace {

bool is_tensor(const Graph& graph, TensorId id) {
    return id >= 0 && static_cast<std::size_t>(id) < graph.tensors.size();
}

/// A tensor is made, and with the last slice of a map that map.
void add_made(const Graph& graph, TensorId tensor, std::set<TensorId>& made, const std::string& maker) {
    check(is_tensor(graph, tensor) && made.insert(tensor).second, "a tensor is made once, by " + maker);
    const auto& slice = graph.tensors[static_cast<std::size_t>(tensor)].slice;
    if (!slice) return;
    for (TensorId id = 0; id < static_cast<TensorId>(graph.tensors.size()); ++id) {
        const auto& other = graph.tensors[static_cast<std::size_t>(id)].slice;
        if (other && other->whole == slice->whole && made.count(id) == 0) return;
    }
    add_made(graph, slice->whole, made, maker);
}

/// Every tensor but the picture is made once, and before it is taken.
void check_order(const Graph& graph) {
    std::set<TensorId> made{graph.input};
    std::set<std::string> names;
    check(is_tensor(graph, graph.input), "the picture is a tensor");
    for (const Node& node : graph.nodes) {
        check(names.insert(node.name).second, "a node has a name of its own: " + node.name);
        check(!node.inputs.empty(), "a node has an input: " + node.name);
        check(!node.outputs.empty(), "a node has an output: " + node.name);
        for (const TensorId input : node.inputs)
            check(is_tensor(graph, input) && made.count(input) == 1, "a node's input is made before it: " + node.name);
        for (const TensorId output : node.outputs) add_made(graph, output, made, node.name);
    }
    check(made.size() == graph.tensors.size(), "every tensor is made");
}

void check_tensors(const Graph& graph) {
    std::set<std::string> names;
    for (const Tensor& tensor : graph.tensors) {
        check(names.insert(tensor.name).second, "a tensor has a name of its own: " + tensor.name);
        check(tensor.shape.height > 0 && tensor.shape.width > 0 && tensor.shape.channels > 0,
              "a tensor has a shape: " + tensor.name);
    }
}

void check_source(const Graph& graph, const HeadSource& source, int classes) {
    check(is_tensor(graph, source.boxes) && is_tensor(graph, source.logits), "a source has tensors: " + source.layer);
    const Shape& boxes = shape_of(graph, source.boxes);
    const Shape& logits = shape_of(graph, source.logits);
    check(boxes.height == logits.height && boxes.width == logits.width, "a source has one map: " + source.layer);
    check(boxes.channels == source.boxes_per_cell * 4, "a box has four numbers: " + source.layer);
    check(logits.channels == source.boxes_per_cell * classes, "a box has a score a class: " + source.layer);
}

void check_head(const Graph& graph, const Head& head) {
    int priors = 0;
    check(!head.sources.empty(), "a head has sources");
    check(head.grids.empty() || head.grids.size() == head.sources.size(), "a source has a grid");
    for (std::size_t i = 0; i < head.sources.size(); ++i) {
        const HeadSource& source = head.sources[i];
        check_source(graph, source, head.classes);
        check(source.first_prior == priors, "the priors count up: " + source.layer);
        const Shape& map = shape_of(graph, source.boxes);
        priors += map.height * map.width * source.boxes_per_cell;
        if (head.grids.empty()) continue;
        const PriorGrid& grid = head.grids[i];
        check(grid.height == map.height && grid.width == map.width, "a grid fits its map: " + source.layer);
        check(grid.boxes.size() == static_cast<std::size_t>(source.boxes_per_cell),
              "a grid has its source's boxes: " + source.layer);
    }
    check(priors == head.priors, "the priors are those of the sources");
    check(head.prior_table.empty() || head.prior_table.size() == static_cast<std::size_t>(priors) * 4,
          "a table has a row a prior");
}

}  // namespace

void check_layers(const Graph& graph) {
    check_tensors(graph);
    check_slices(graph);
    check_order(graph);
    for (const Node& node : graph.nodes) check_node(graph, node);
}

void check_graph(const Graph& graph) {
    check_layers(graph);
    if (graph.head) {
        check_head(graph, *graph.head);
        return;
    }
    check(is_tensor(graph, graph.logits), "a classifier has logits");
    check((graph.scores == ScoreConversion::softmax) == std::holds_alternative<Softmax>(graph.nodes.back().operation),
          "a classifier's softmax is its last node");
}

}  // namespace ssdgen
