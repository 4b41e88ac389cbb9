#pragma once

#include "graph/graph.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The layers of a graph as bound that are of real numbers, weights or maps: of a quantized network none.
std::vector<std::string> real_layers(const Graph& graph);

/// A layer of a quantized graph that cannot be computed with whole numbers yet, and why: a pool that changes its scale,
/// or takes more than 65536 taps, a sum of more maps than two; "" if there is none.
std::string unbuilt_layer(const Graph& graph);

/// Gives every layer with weights the factors of its sums, by a rule that the graph keeps from here on. InputError that
/// names all layers with weights or maps that are not of 8 bits, and one whose sums could leave 32 bits.
Graph make_factors(Graph graph, Requantization rule);

}  // namespace ssdgen
