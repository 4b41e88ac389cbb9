#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// An add is done by a convolution or depthwise layer that makes one of its maps, if nobody else reads that map and no
/// activation comes between: the layer takes the add's other map as a second input.
///
///     a: x -> a
///     b: y -> b               =>      a: x -> a
///     sum: a, b -> sum relu           b: y, a -> sum relu
///
/// Of an add of more maps as many as possible are added so. Runs after fold_batch_norm.
Graph fuse_add(Graph graph);

}  // namespace ssdgen
