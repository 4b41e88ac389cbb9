#pragma once

#include "graph/graph.h"
#include "weights/requantization.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// The stored numbers of a map [height][width][channels].
using StoredValues = std::vector<std::int32_t>;

/// The stored numbers of every tensor of a quantized graph, weights as they are stored, for a picture
/// [height][width][channels] of bytes; by tensor. Behind a softmax they count 1/256, from the lowest number on.
/// InternalError for a map or weights without quantization.
std::vector<StoredValues> interpret_integers(const Graph& graph, const std::vector<std::uint8_t>& image,
                                             Requantization rule);

/// One node of it: its output, of its inputs' stored numbers in values, which are by tensor.
StoredValues interpret_node(const Graph& graph, const Node& node, std::vector<StoredValues>& values,
                            Requantization rule);

}  // namespace ssdgen
