#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Of a quantized detector whose weights do not say how its joined outputs are stored: as all predictors store theirs.
/// InputError if these differ.
Graph note_lists(Graph graph);

}  // namespace ssdgen
