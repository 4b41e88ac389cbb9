#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// One node's part of check_graph: its shapes follow from its input's, and its parameters have the sizes that they need
/// (or none are bound).
void check_node(const Graph& graph, const Node& node);

}  // namespace ssdgen
