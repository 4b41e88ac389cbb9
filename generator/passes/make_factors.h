#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Gives every layer with weights the factors of its sums, by a rule that the graph keeps from here on. InputError that
/// names all layers with weights or maps that are not of 8 bits, and one whose sums could leave 32 bits.
Graph make_factors(Graph graph, Requantization rule);

}  // namespace ssdgen
