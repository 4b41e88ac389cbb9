#pragma once

#include "graph/graph.h"
#include "plan/plan.h"
#include "plan/stream.h"

#include <vector>

namespace ssdgen {

/// Gives each map that is whole at some time, each thread's scratch memory and the memory of resizing and
/// post-processing a place in the arena; the plan has its steps, one a group of the graph's nodes.
void place_maps(const Graph& graph, const std::vector<NodeGroup>& groups, Plan& plan);

}  // namespace ssdgen
