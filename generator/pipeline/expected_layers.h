#pragma once

#include "emit/folder/expected.h"
#include "graph/graph.h"
#include "plan/plan.h"

#include <vector>

namespace ssdgen {

/// What the reference interpreter makes of the test picture: for each plan of the graph one an observed layer, in run
/// order. The graph is the scaled one, before any pass, so that the self-test checks the passes as well; but weights
/// that are stored with 16 bits are rounded by the last of them, and so it runs what these make of the graph.
std::vector<std::vector<ExpectedLayer>> expected_layers(const Graph& graph, const Graph& lowered,
                                                        const std::vector<Plan>& plans);

}  // namespace ssdgen
