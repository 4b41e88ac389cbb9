#pragma once

#include "graph/graph.h"
#include "plan/plan.h"
#include "plan/stream_code.h"

#include <cstddef>
#include <vector>

namespace ssdgen {

/// Neighbouring nodes of a lowered graph that become one step, as indices into Graph::nodes in run order.
using NodeGroup = std::vector<std::size_t>;

/// Whether a run of consecutive nodes can be one stream: each can be a stage, each but the first reads a tensor that
/// one of them makes, and each tensor that one makes but the last is read by them alone.
bool can_be_stream(const Graph& graph, const NodeGroup& group);

/// The nodes that lead a network, whose maps are its largest: the first, and `following` ones. They are one stream, or
/// two, of which the second begins with the node `cut`; 0: one.
struct LeadingNodes {
    int following = 0;
    int cut = 0;
};

/// How many nodes may follow the first at most; not each lesser number can lead, as a stream ends in one map.
int most_following(const Graph& graph);
bool can_lead(const Graph& graph, const LeadingNodes& leading);

/// Groups the nodes of a graph: those that lead, which they can; a depthwise convolution with the pointwise that alone
/// reads it, if the weights of that are few enough to be read once for each few rows; every other node for itself.
/// Softmax is left out.
std::vector<NodeGroup> group_nodes(const Graph& graph, const Target& target, const LeadingNodes& leading);

/// Each node for itself, Softmax left out.
std::vector<NodeGroup> single_nodes(const Graph& graph);

/// What a stream does, in order, to make the rows [first, end) of its last stage: run_stream() of its stream_code().
std::vector<StreamOperation> stream_order(const Step& step, int first, int end);

/// The multiply-adds that are done twice because two threads share a stream: each makes the rows at their border that
/// it reads.
std::int64_t repeated_macs(const Step& step);

}  // namespace ssdgen
