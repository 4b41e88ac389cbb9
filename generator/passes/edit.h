#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Takes a tensor that no node makes or takes out of the graph; the ids above it move down by one.
void remove_tensor(Graph& graph, TensorId tensor);

}  // namespace ssdgen
