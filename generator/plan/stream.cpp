#include "plan/stream.h"

#include "graph/slices.h"
#include "plan/kernels.h"

#include <algorithm>
#include <utility>

namespace ssdgen {

namespace {

/// Who reads a tensor, or any part of the map that it lies in.
class Readers {
  public:
    explicit Readers(const Graph& graph) : graph_(graph), readers_(graph.tensors.size()), makers_(readers_) {
        for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
            for (TensorId id : graph.nodes[node].inputs) readers_[whole_of(id)].push_back(node);
            for (TensorId id : graph.nodes[node].outputs) makers_[whole_of(id)].push_back(node);
        }
    }

    /// Whether the second node alone works on what the first makes, and on all of it.
    bool is_pair(std::size_t first, std::size_t second) const {
        if (second >= graph_.nodes.size()) return false;
        const Node& maker = graph_.nodes[first];
        const Node& reader = graph_.nodes[second];
        return maker.outputs.size() == 1 && reader.inputs[0] == maker.outputs[0] &&
               readers_[whole_of(maker.outputs[0])].size() == 1 && makers_[whole_of(maker.outputs[0])].size() == 1;
    }

    /// Whether the map that a tensor lies in is made and read in the group, and by nobody else.
    bool is_inside(const NodeGroup& group, TensorId id) const {
        const auto in_group = [&](std::size_t node) {
            return std::find(group.begin(), group.end(), node) != group.end();
        };
        const std::vector<std::size_t>&readers = readers_[whole_of(id)], &makers = makers_[whole_of(id)];
        return !readers.empty() && std::all_of(readers.begin(), readers.end(), in_group) &&
               std::all_of(makers.begin(), makers.end(), in_group) && !is_output(TensorId(whole_of(id)));
    }

  private:
    std::size_t whole_of(TensorId id) const { return std::size_t(place_in_whole(graph_, id).whole); }

    bool is_output(TensorId id) const {
        if (!graph_.head) return id == graph_.logits;
        const auto& sources = graph_.head->sources;
        return std::any_of(sources.begin(), sources.end(),
                           [&](const HeadSource& source) { return id == source.boxes || id == source.logits; });
    }

    const Graph& graph_;
    std::vector<std::vector<std::size_t>> readers_, makers_;  // nodes, by the whole map
};

/// Kernels that can be stages of a stream.
bool can_stream(const Node& node) {
    if (node.outputs.size() != 1) return false;
    const auto* convolution = std::get_if<Convolution>(&node.operation);
    // One row of windows makes no rows as others come.
    const auto* pool = std::get_if<MaxPool>(&node.operation);
    if (pool && pool->window.rows.output > 1) return true;
    return std::holds_alternative<Depthwise>(node.operation) || std::holds_alternative<Add>(node.operation) ||
           (convolution && is_pointwise(convolution->window));
}

/// Whether a node reads what another of the group makes.
bool reads_group(const Graph& graph, const NodeGroup& group, const Node& node) {
    return std::any_of(group.begin(), group.end(), [&](std::size_t maker) {
        const std::vector<TensorId>& made = graph.nodes[maker].outputs;
        return std::find_first_of(made.begin(), made.end(), node.inputs.begin(), node.inputs.end(),
                                  [&](TensorId a, TensorId b) { return overlap(graph, a, b); }) != made.end();
    });
}

/// A pointwise that a depthwise stage is worth a step with. Its weights are read once for each few rows, and once for
/// each whole map if it is a step for itself: where they come from beyond the second-level cache, that costs more than
/// it saves.
bool has_few_weights(const Graph& graph, const Node& node, const Target& target) {
    const std::int64_t inputs = graph.tensors[std::size_t(node.inputs[0])].shape.channels;
    return inputs * graph.tensors[std::size_t(node.outputs[0])].shape.channels * 4 <= target.caches.l2_bytes / 4;
}

bool is_separable(const Graph& graph, const Readers& readers, std::size_t at, const Target& target) {
    return std::holds_alternative<Depthwise>(graph.nodes[at].operation) && readers.is_pair(at, at + 1) &&
           can_stream(graph.nodes[at + 1]) && std::holds_alternative<Convolution>(graph.nodes[at + 1].operation) &&
           has_few_weights(graph, graph.nodes[at + 1], target);
}

}  // namespace

bool can_be_stream(const Graph& graph, const NodeGroup& group) {
    const Readers readers(graph);
    for (std::size_t at = 0; at < group.size(); ++at) {
        const Node& node = graph.nodes[group[at]];
        const bool takes_picture = at == 0 && node.inputs[0] == graph.input;
        if (group[at] != group[0] + at || !(can_stream(node) || takes_picture)) return false;
        if (at > 0 && !reads_group(graph, group, node)) return false;
        if (at + 1 < group.size() && !readers.is_inside(group, node.outputs[0])) return false;
    }
    return !group.empty();
}

int most_following(const Graph& graph) {
    NodeGroup group{0};
    for (std::size_t at = 1; at < graph.nodes.size(); ++at) {
        if (!can_stream(graph.nodes[at]) || !reads_group(graph, group, graph.nodes[at])) break;
        group.push_back(at);
    }
    return int(group.size()) - 1;
}

std::vector<NodeGroup> leading_groups(const LeadingNodes& leading) {
    std::vector<NodeGroup> groups(1);
    for (int at = 0; at <= leading.following; ++at) {
        if (at == leading.cut && at > 0) groups.emplace_back();
        groups.back().push_back(std::size_t(at));
    }
    return groups;
}

bool can_lead(const Graph& graph, const LeadingNodes& leading) {
    const std::vector<NodeGroup> groups = leading_groups(leading);
    return std::all_of(groups.begin(), groups.end(),
                       [&](const NodeGroup& group) { return can_be_stream(graph, group); });
}

std::vector<NodeGroup> group_nodes(const Graph& graph, const Target& target, const LeadingNodes& leading) {
    const Readers readers(graph);
    std::vector<NodeGroup> groups = leading_groups(leading);
    for (std::size_t at = std::size_t(leading.following) + 1; at < graph.nodes.size(); ++at) {
        if (std::holds_alternative<Softmax>(graph.nodes[at].operation)) continue;
        groups.push_back({at});
        if (is_separable(graph, readers, at, target)) groups.back().push_back(++at);
    }
    return groups;
}

std::vector<NodeGroup> single_nodes(const Graph& graph) {
    std::vector<NodeGroup> groups;
    for (std::size_t at = 0; at < graph.nodes.size(); ++at)
        if (!std::holds_alternative<Softmax>(graph.nodes[at].operation)) groups.push_back({at});
    return groups;
}

std::vector<StreamOperation> stream_order(const Step& step, int first, int end) {
    return run_stream(stream_code(step), first, end);
}

std::int64_t repeated_macs(const Step& step) {
    std::int64_t done = 0, needed = 0;
    std::vector<std::int64_t> row_macs;
    for (const Stage& stage : step.stages) {
        std::int64_t macs = 0;
        for (const ObservedLayer& layer : stage.layers) macs += layer.macs;
        needed += macs;
        row_macs.push_back(macs / stage.kernel.output().height);
    }
    const int height = step.last().kernel.output().height;
    const int border = (height + 1) / 2;
    for (const auto& [first, end] : {std::pair(0, border), std::pair(border, height)})
        for (const StreamOperation& operation : stream_order(step, first, end))
            if (operation.stage >= 0) done += row_macs[std::size_t(operation.stage)] * operation.rows;
    return std::max<std::int64_t>(done - needed, 0);  // rows that nobody reads are not made
}

}  // namespace ssdgen
