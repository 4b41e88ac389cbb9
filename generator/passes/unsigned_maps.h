#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Of a quantized graph: all maps of s8 become u8, each number and the zero point more by 128. No layer's result is
/// another by that: sums take differences from zero points, and AveragePool knows what its numbers were.
Graph unsigned_maps(Graph graph);

}  // namespace ssdgen
