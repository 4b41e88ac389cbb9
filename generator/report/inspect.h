#pragma once

#include "graph/graph.h"
#include "graph/tensors.h"

#include <string>

namespace ssdgen {

/// Tables of a network's layers, depthwise separable blocks, detection sources and totals, the latter also for the same
/// description at alpha 1 and rho 1 (`full`). Both graphs as build_graph gives them; weights are not needed.
std::string inspect_text(const Graph& scaled, const Graph& full);

/// The same as one JSON document, with the input, the box code and every default box [centre y, centre x, height,
/// width], relative to the picture (null for a table that is not bound).
std::string inspect_json(const Graph& scaled, const Graph& full);

/// A table of the tensors of the network's weights file, as describe_tensors gives them, and the same as one JSON
/// document, with the names of the maps that may have a scale and a zero point there.
std::string tensors_text(const Graph& graph, const std::vector<TensorFacts>& tensors);
std::string tensors_json(const Graph& graph, const std::vector<TensorFacts>& tensors);

}  // namespace ssdgen
