#include "passes/fuse_add.h"

#include "passes/edit.h"
#include <optional>

namespace ssdgen {

namespace {

/// What follows the sum of a layer that can add a map to it; null for another.
Activation* activation_after_sum(Operation& operation) {
    if (auto* convolution = std::get_if<Convolution>(&operation)) return &convolution->activation;
    if (auto* depthwise = std::get_if<Depthwise>(&operation)) return &depthwise->activation;
    return nullptr;
}

/// The index of the node that can make the add's output instead of one of its maps: of two the later one, whose place
/// is behind the other's maker.
std::optional<std::size_t> adding_node(Graph& graph, const Node& add) {
    std::optional<std::size_t> found;
    for (const TensorId input : add.inputs) {
        const std::size_t maker = maker_of(graph, input);
        Node& node = graph.nodes[maker];
        const Activation* activation = activation_after_sum(node.operation);
        const bool can_add = activation != nullptr && *activation == Activation::none && node.inputs.size() == 1 &&
                             node.outputs.size() == 1 && count_readers(graph, input) == 1 && !is_output(graph, input);
        if (can_add && (!found || maker > *found)) found = maker;
    }
    return found;
}

/// Returns whether the add at a place went away.
bool fuse(Graph& graph, std::size_t place) {
    const Node sum = graph.nodes[place];
    const auto* add = std::get_if<Add>(&sum.operation);
    if (add == nullptr || sum.inputs.size() != 2) return false;
    const std::optional<std::size_t> found = adding_node(graph, sum);
    if (!found) return false;
    Node node = std::move(graph.nodes[*found]);
    const TensorId replaced = node.outputs[0];
    const TensorId other = sum.inputs[sum.inputs[0] == replaced ? 1 : 0];
    // Its own place if what it adds is there by then, or else that of the add.
    const std::size_t new_place = maker_of(graph, other) < *found ? *found : place - 1;
    *activation_after_sum(node.operation) = add->activation;
    node.inputs.push_back(other);
    node.outputs = sum.outputs;
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(place));
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(*found));
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(new_place), std::move(node));
    remove_tensor(graph, replaced);
    return true;
}

}  // namespace

Graph fuse_add(Graph graph) {
    for (std::size_t place = 0; place < graph.nodes.size();)
        if (!fuse(graph, place)) ++place;
    return graph;
}

}  // namespace ssdgen
