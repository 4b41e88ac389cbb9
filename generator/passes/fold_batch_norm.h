#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Folds every bound batch norm into the weights and the bias before it, in double, rounded once to float:
/// w' = w * gamma / sqrt(variance + epsilon), b' = (b - mean) * gamma / sqrt(variance + epsilon) + beta
/// (SEMANTICS.md 2.1). InputError, naming the layer, if the result is not finite in float.
Graph fold_batch_norm(Graph graph);

}  // namespace ssdgen
