#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Makes f32 of what is stored as anything else: weights and biases become the values that they mean, each rounded
/// once, and maps real numbers without scale and zero point. The picture stays bytes, with the mean and scale
/// that its own map states. An f32 graph stays as it is.
Graph dequantize(Graph graph);

}  // namespace ssdgen
