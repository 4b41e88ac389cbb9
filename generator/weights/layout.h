#pragma once

#include <vector>

namespace ssdgen {

// Weights lie with their channels before the taps in the neutral form (weights/weights.h), and after them in a graph.
// For a depthwise layer outer is 1; for a fully connected one the taps are the pixels of its map.

/// [outer][channels][taps] to [outer][taps][channels].
std::vector<float> channels_last(const std::vector<float>& values, int outer, int channels, int taps);

/// [outer][taps][channels] to [outer][channels][taps].
std::vector<float> channels_first(const std::vector<float>& values, int outer, int channels, int taps);

}  // namespace ssdgen
