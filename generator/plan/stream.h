#pragma once

#include "graph/graph.h"
#include "plan/plan.h"
#include "plan/stream_code.h"

#include <cstddef>
#include <vector>

namespace ssdgen {

/// Neighbouring nodes of a lowered graph that become one step, as indices into Graph::nodes in run order.
using NodeGroup = std::vector<std::size_t>;

/// The nodes that lead a network, whose maps are its largest: the first, and `following` ones, each of which alone
/// reads the one before. They are one stream, or two, of which the second begins with the node `cut`; 0: one.
struct LeadingNodes {
    int following = 0;
    int cut = 0;
};

/// Groups the nodes of a graph: those that lead; a depthwise convolution with the pointwise that alone reads it, if the
/// weights of that are few enough to be read once for each few rows; every other node for itself. Softmax is left out.
/// Fewer nodes lead if not so many can.
std::vector<NodeGroup> group_nodes(const Graph& graph, const Target& target, const LeadingNodes& leading);

/// Gives the stages of a stream their rings in the scratch memory of a thread, and the step the size of that memory.
/// A ring holds the rows that the next stage's window covers, and those that the stage makes too early because it makes
/// several at a time. Rows that are used up before any other stage works (a depthwise row, made one at a time) share
/// one place.
void place_rings(Step& step);

/// What a stream does, in order, to make the rows [first, end) of its last stage: run_stream() of its stream_code().
std::vector<StreamOperation> stream_order(const Step& step, int first, int end);

/// The multiply-adds that are done twice because two threads share a stream: each makes the rows at their border that
/// it reads.
std::int64_t repeated_macs(const Step& step);

/// InternalError unless the code of a stream makes every row of its last stage once, every row that a stage reads is
/// where its pointer says when it is read, and rows that are read together lie side by side, wherever a thread may
/// begin.
void check_stream(const Step& step);

}  // namespace ssdgen
