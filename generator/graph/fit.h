#pragma once

#include "graph/graph.h"
#include "weights/weights.h"

namespace ssdgen {

/// InputError that tells all at once which tensors of the graph the weights lack, hold in another shape, or hold for no
/// layer of it. The order of dimensions is that of configs/README.md. What bind_weights asks besides stays to it.
void check_fit(const Graph& graph, const Weights& weights);

}  // namespace ssdgen
