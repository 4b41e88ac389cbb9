#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// channels under alpha; may be 0 (SEMANTICS.md 2.6).
int scaled_channels(int channels, double alpha, ChannelRounding rounding);

/// A side of the picture under rho, rounded to nearest, halves up.
int scaled_side(int side, double rho);

const Shape& shape_of(const Graph& graph, TensorId tensor);

/// height * width * channels.
std::int64_t elements(const Shape& shape);

/// "19x19x512".
std::string to_string(const Shape& shape);

}  // namespace ssdgen
