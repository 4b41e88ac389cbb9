#pragma once

#include "weights/weight_tensor.h"

namespace ssdgen {

// Weights lie with their channels before the taps in the neutral form (weights/weights.h), and after them in a graph
// (graph/graph.h).

/// [out][in][kh][kw] to [out][kh][kw][in], and back.
WeightTensor convolution_weights(const WeightTensor& neutral);
WeightTensor neutral_convolution_weights(const WeightTensor& weights);

/// [channels][1][kh][kw] to [kh][kw][channels], and back.
WeightTensor depthwise_weights(const WeightTensor& neutral);
WeightTensor neutral_depthwise_weights(const WeightTensor& weights);

/// [out][inputs], numbered as [in][y][x], to [out][y][x][in], and back.
WeightTensor fully_connected_weights(const WeightTensor& neutral, int height, int width);
WeightTensor neutral_fully_connected_weights(const WeightTensor& weights);

}  // namespace ssdgen
