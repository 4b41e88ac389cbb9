#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Of a quantized graph: takes the Normalise away. The first layer takes the picture's bytes as the numbers that they
/// are stored as; s8 ones are less by 128, zero point and all. InputError for a first layer that is no convolution.
Graph take_stored_picture(Graph graph);

}  // namespace ssdgen
