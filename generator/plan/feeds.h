#pragma once

#include "plan/plan.h"
#include "plan/stream.h"

#include <vector>

namespace ssdgen {

/// The maps that a step of these nodes reads whole, in the order in which it first reads them.
std::vector<TensorId> group_inputs(const Graph& graph, const NodeGroup& group);

/// Gives a step with a stage for each node of the group its inputs and outputs, without their places, the feeds of its
/// stages, and a ring for each map that stages but the last make, without rows and a place. A node's first input is
/// under its window; of each other one it reads the rows that it makes.
void connect_stages(const Graph& graph, const NodeGroup& group, Step& step);

}  // namespace ssdgen
