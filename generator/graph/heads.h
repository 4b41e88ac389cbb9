#pragma once

#include "graph/graph.h"

#include <vector>

namespace ssdgen {

/// Appends the two convolutions of a source, SOURCE_mbox_loc [h][w][boxes * 4] and SOURCE_mbox_conf
/// [h][w][boxes * classes], on the map `source`.
void add_source(Graph& graph, const Description& description, const SourceDescription& described, TensorId source);

/// The maps of the sources, in the description's order.
std::vector<Shape> source_maps(const Graph& graph, const Description& description);

/// Fills in graph.head. full_maps: the maps of the sources at rho 1. InputError for boxes that contradict the priors.
void add_head(Graph& graph, const Description& description, const std::vector<Shape>& full_maps);

}  // namespace ssdgen
