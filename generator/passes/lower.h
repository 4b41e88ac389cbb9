#pragma once

#include "graph/graph.h"

#include <functional>

namespace ssdgen {

/// Called after every pass with its name and the graph that it made.
using PassObserver = std::function<void(const char* pass, const Graph& graph)>;

/// All passes, in order, each followed by check_graph. Works with and without weights. What is left of the operations:
/// Convolution (that of the picture with input_mean) and Depthwise, both of which may add a second input, AveragePool,
/// Add and a last Softmax. They may take and make slices of maps. There is no batch norm; weights and maps are f32, the
/// picture u8.
Graph lower(Graph graph, const PassObserver& observe = {});

}  // namespace ssdgen
