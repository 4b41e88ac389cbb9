#pragma once

#include "graph/graph.h"

#include <vector>

namespace ssdgen {

/// The values of a map [height][width][channels].
using Values = std::vector<double>;

/// The values of a node's inputs, in order.
using Inputs = std::vector<const Values*>;

// Each gives its node's output. Sums start with the bias, then take the taps row by row, channels ascending; taps
// outside the map add zero (to a maximum, nothing). Batch norm, if bound, comes first, then the second input is added,
// if there is one, then comes the activation.

Values convolve(const Convolution& convolution, const Inputs& inputs, const Shape& from, const Shape& to);
Values convolve_depthwise(const Depthwise& depthwise, const Inputs& inputs, const Shape& from, const Shape& to);
Values average(const AveragePool& pool, const Values& input, const Shape& from, const Shape& to);
Values maximum(const MaxPool& pool, const Values& input, const Shape& from, const Shape& to);
Values connect_fully(const FullyConnected& layer, const Values& input, const Shape& to);
Values add(const Add& add, const Inputs& inputs);
Values concat(const Inputs& inputs, std::size_t pixels);
Values normalise(const Normalise& normalise, const Values& input);
Values softmax(const Values& input);

}  // namespace ssdgen
