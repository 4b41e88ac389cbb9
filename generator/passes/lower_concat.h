#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// A concat goes away: the maps that it takes become slices of the one that it makes, so that whoever makes them puts
/// their channels where they belong. A map that lies elsewhere already, in a second concat or a second time in this
/// one, is copied.
///
///     a: x -> a 5x5x8                         a: x -> a 5x5x8 in both from channel 0
///     b: y -> b 5x5x4                 =>      b: y -> b 5x5x4 in both from channel 8
///     both: a, b -> both 5x5x12
///
/// Runs after fuse_add.
Graph lower_concat(Graph graph);

}  // namespace ssdgen
