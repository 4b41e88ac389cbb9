#pragma once

#include "graph/graph.h"

#include <vector>

namespace ssdgen {

/// Appends a tensor; InputError at where ("FILE: /pointer: LAYER") if it is implausibly large.
TensorId add_tensor(Graph& graph, const std::string& name, const Shape& shape, const std::string& where);

/// Appends the Normalise of a picture that rho has scaled already; returns the tensor that it makes.
TensorId add_picture(Graph& graph, const InputDescription& input, int height, int width);

/// Appends the node of a layer; channels are those under alpha (of the kinds that have channels of their own). Returns
/// the tensor that it makes. InputError, naming the layer, for a map smaller than its window.
TensorId add_layer(Graph& graph, const LayerDescription& layer, const std::vector<TensorId>& inputs, int channels);

}  // namespace ssdgen
