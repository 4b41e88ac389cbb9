#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Chooses how the picture is stored, bytes less 128, for a graph of real numbers, and has the weights and biases of
/// the layers that read it take up what one scale and a whole zero point cannot say:
///
///     (byte - mean_c) * scale_c = scale * (byte - zero) * (scale_c / scale) + (zero - mean_c) * scale_c
///
/// the first factor going into the weights, the last term times the sum of a channel's weights into the bias. That sum
/// is over all taps: at an edge, where taps lie in the padding, it counts them as well, so that the padding is what
/// `zero` means and not exactly 0. InputError if a layer without weights reads the picture and channels differ.
Quantization store_picture(Graph& graph);

}  // namespace ssdgen
