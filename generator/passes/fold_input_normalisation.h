#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// The Normalise of the picture goes away: its scale into the weights of the first convolution, its mean into
/// input_mean, to be taken from the bytes, so that the padding stays exactly zero after normalisation. InputError if
/// the first layer is no convolution.
Graph fold_input_normalisation(Graph graph);

}  // namespace ssdgen
