#pragma once

#include "graph/graph.h"

#include <cstdint>

namespace ssdgen {

/// Multiply-adds of a node, padding taps counted (an average pool and a softmax count none).
std::int64_t macs(const Graph& graph, const Node& node);

/// Weights and biases of a node, batch norm taken as folded.
std::int64_t parameters(const Graph& graph, const Node& node);

/// As a description calls the layer, but "pointwise" for every 1x1 convolution; "normalise" for the picture.
const char* kind_name(const Graph& graph, const Node& node);

}  // namespace ssdgen
