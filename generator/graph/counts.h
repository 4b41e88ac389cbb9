#pragma once

#include "graph/graph.h"

#include <cstdint>

namespace ssdgen {

/// Multiply-adds of a node, padding taps counted (an average pool and a softmax count none).
std::int64_t macs(const Graph& graph, const Node& node);

/// Weights and biases of a node, batch norm taken as folded.
std::int64_t parameters(const Graph& graph, const Node& node);

/// "convolution", "depthwise", "pointwise" (a 1x1 convolution), "average_pool", "fully_connected", "softmax",
/// "normalise".
const char* kind_name(const Graph& graph, const Node& node);

}  // namespace ssdgen
