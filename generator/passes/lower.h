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

/// The same of a quantized graph that is to be computed with whole numbers: maps are u8 (those of s8 are more by 128),
/// weights as they are stored, each layer with the factors of its sums. The one that reads the picture has no
/// input_mean; a second input is an Add's. InputError for what make_factors() refuses.
Graph lower_integers(Graph graph, Requantization rule, const PassObserver& observe = {});

}  // namespace ssdgen
