#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// A fully connected layer becomes a convolution whose kernel is the whole map; its weights lie in that order already.
Graph lower_fully_connected(Graph graph);

}  // namespace ssdgen
