#include "passes/lower_concat.h"

#include "description/identifier.h"
#include "graph/shapes.h"
#include "passes/edit.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

/// A name that makes an identifier that no node and no tensor has.
std::string free_name(const Graph& graph, const std::string& wished) {
    const auto is_taken = [&](const std::string& name) {
        const auto same = [&](const auto& other) { return c_identifier(other.name) == c_identifier(name); };
        return std::any_of(graph.nodes.begin(), graph.nodes.end(), same) ||
               std::any_of(graph.tensors.begin(), graph.tensors.end(), same);
    };
    std::string name = wished;
    for (int number = 2; is_taken(name); ++number) name = fmt::format("{}_{}", wished, number);
    return name;
}

/// Appends a copy of a tensor and puts its node before the one at a place.
TensorId add_copy(Graph& graph, TensorId source, std::size_t place) {
    const Node& taker = graph.nodes[place];
    Tensor tensor = graph.tensors[static_cast<std::size_t>(source)];
    tensor.name = free_name(graph, tensor.name + "_in_" + taker.name);
    tensor.slice.reset();
    const auto copy = static_cast<TensorId>(graph.tensors.size());
    Node node{tensor.name, Add{}, {source}, {copy}, taker.pointer};
    graph.tensors.push_back(std::move(tensor));
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(place), std::move(node));
    return copy;
}

/// What can become a slice: a map that has no place yet, where the network's outputs and the picture have theirs.
bool is_free(const Graph& graph, TensorId tensor) {
    return !graph.tensors[static_cast<std::size_t>(tensor)].slice && !is_output(graph, tensor) && tensor != graph.input;
}

/// Whether the numbers of a map mean what they do as channels of another.
bool means_same(const Graph& graph, TensorId part, TensorId whole) {
    const Tensor &one = graph.tensors[static_cast<std::size_t>(part)],
                 &other = graph.tensors[static_cast<std::size_t>(whole)];
    return !one.quantization || same_meaning(stored_range(one), stored_range(other));
}

/// Takes the concat at a place away; returns where the next node stands.
std::size_t lower(Graph& graph, std::size_t place) {
    const std::vector<TensorId> inputs = graph.nodes[place].inputs;
    const TensorId whole = graph.nodes[place].outputs[0];
    int channel = 0;
    for (const TensorId input : inputs) {
        const bool stays = is_free(graph, input) && means_same(graph, input, whole);
        const TensorId part = stays ? input : add_copy(graph, input, place++);
        graph.tensors[static_cast<std::size_t>(part)].quantization =
            graph.tensors[static_cast<std::size_t>(whole)].quantization;
        graph.tensors[static_cast<std::size_t>(part)].slice = ChannelSlice{whole, channel};
        channel += shape_of(graph, part).channels;
    }
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(place));
    return place;
}

}  // namespace

Graph lower_concat(Graph graph) {
    for (std::size_t place = 0; place < graph.nodes.size();)
        place = std::holds_alternative<Concat>(graph.nodes[place].operation) ? lower(graph, place) : place + 1;
    return graph;
}

}  // namespace ssdgen
