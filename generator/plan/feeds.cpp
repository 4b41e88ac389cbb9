#include "plan/feeds.h"

#include "plan/kernels.h"
#include "support/error.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

/// Which node of a group makes a tensor, as an index into the group.
std::map<TensorId, int> makers_of(const Graph& graph, const NodeGroup& group) {
    std::map<TensorId, int> makers;
    for (std::size_t stage = 0; stage < group.size(); ++stage)
        for (TensorId id : graph.nodes[group[stage]].outputs) makers[id] = int(stage);
    return makers;
}

}  // namespace

std::vector<TensorId> group_inputs(const Graph& graph, const NodeGroup& group) {
    const std::map<TensorId, int> makers = makers_of(graph, group);
    std::vector<TensorId> inputs;
    for (std::size_t node : group)
        for (TensorId id : graph.nodes[node].inputs)
            if (!makers.count(id) && std::find(inputs.begin(), inputs.end(), id) == inputs.end()) inputs.push_back(id);
    return inputs;
}

void connect_stages(const Graph& graph, const NodeGroup& group, Step& step) {
    const std::map<TensorId, int> makers = makers_of(graph, group);
    const std::vector<TensorId> inputs = group_inputs(graph, group);
    step.inputs.assign(inputs.size(), {});
    step.outputs.assign(graph.nodes[group.back()].outputs.size(), {});
    for (std::size_t input = 0; input < inputs.size(); ++input)
        if (inputs[input] == graph.input) step.inputs[input].place = Operand::Place::picture;
    for (std::size_t index = 0; index < group.size(); ++index) {
        Stage& stage = step.stages[index];
        for (TensorId id : graph.nodes[group[index]].inputs) {
            Feed feed;
            if (const auto maker = makers.find(id); maker != makers.end()) {
                const auto& ring = step.stages[std::size_t(maker->second)].ring;
                check(ring.has_value(), "a stage reads what an earlier one makes: " + stage.name);
                feed.from = RowsFeed{*ring, {maker->second}};
            } else {
                const auto input = std::find(inputs.begin(), inputs.end(), id);
                feed.from = WholeFeed{int(input - inputs.begin())};
            }
            if (!stage.feeds.empty()) feed.covers = Feed::Covers::row;
            stage.feeds.push_back(std::move(feed));
        }
        if (index + 1 == group.size()) break;
        const Shape map = stage.kernel.output();
        stage.ring = RingSlice{int(step.rings.size()), 0};
        step.rings.push_back({0, std::int64_t(map.width) * map.channels * bytes_of(stage.kernel.signature.output), 0});
    }
}

}  // namespace ssdgen
