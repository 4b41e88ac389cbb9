#include "plan/feeds.h"

#include "graph/slices.h"
#include "plan/kernels.h"
#include "support/error.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

/// The nodes of a group that make a tensor or a part of it, as indices into the group.
std::vector<int> makers_of(const Graph& graph, const NodeGroup& group, TensorId tensor) {
    std::vector<int> makers;
    for (std::size_t stage = 0; stage < group.size(); ++stage)
        for (TensorId id : graph.nodes[group[stage]].outputs)
            if (overlap(graph, id, tensor)) makers.push_back(int(stage));
    return makers;
}

}  // namespace

std::vector<TensorId> group_inputs(const Graph& graph, const NodeGroup& group) {
    std::vector<TensorId> inputs;
    for (std::size_t node : group)
        for (TensorId id : graph.nodes[node].inputs)
            if (makers_of(graph, group, id).empty() && std::find(inputs.begin(), inputs.end(), id) == inputs.end())
                inputs.push_back(id);
    return inputs;
}

void connect_stages(const Graph& graph, const NodeGroup& group, Step& step) {
    const std::vector<TensorId> inputs = group_inputs(graph, group);
    step.inputs.assign(inputs.size(), {});
    step.outputs.assign(graph.nodes[group.back()].outputs.size(), {});
    for (std::size_t input = 0; input < inputs.size(); ++input)
        if (inputs[input] == graph.input) step.inputs[input].place = Operand::Place::picture;
    std::map<TensorId, int> rings;  // by the whole map
    for (std::size_t index = 0; index < group.size(); ++index) {
        Stage& stage = step.stages[index];
        for (TensorId id : graph.nodes[group[index]].inputs) {
            Feed feed;
            if (std::vector<int> makers = makers_of(graph, group, id); !makers.empty()) {
                const ChannelSlice place = place_in_whole(graph, id);
                const auto ring = rings.find(place.whole);
                check(ring != rings.end(), "a stage reads what an earlier one makes: " + stage.name);
                feed.from = RowsFeed{{ring->second, place.first_channel}, std::move(makers)};
            } else {
                const auto input = std::find(inputs.begin(), inputs.end(), id);
                feed.from = WholeFeed{int(input - inputs.begin())};
            }
            if (!stage.feeds.empty()) feed.covers = Feed::Covers::row;
            stage.feeds.push_back(std::move(feed));
        }
        if (index + 1 == group.size()) break;
        const ChannelSlice place = place_in_whole(graph, graph.nodes[group[index]].outputs[0]);
        const auto [ring, is_new] = rings.emplace(place.whole, int(step.rings.size()));
        stage.ring = RingSlice{ring->second, place.first_channel};
        if (!is_new) continue;
        const MapView& map = stage.kernel.outputs[0];
        step.rings.push_back(
            {0, std::int64_t(map.shape.width) * map.pixel_stride * bytes_of(stage.kernel.signature.output), 0});
    }
}

}  // namespace ssdgen
