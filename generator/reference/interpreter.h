#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// Runs a graph with plain loops and double accumulation on one picture [H][W][C] of bytes, in the network's order.
/// Gives the values of every tensor, indexed by TensorId, each [h][w][c]; works on a graph before and after the
/// passes, computing with the values that quantized weights mean, and with maps of real numbers.
std::vector<std::vector<double>> interpret(const Graph& graph, const std::vector<std::uint8_t>& image);

}  // namespace ssdgen
