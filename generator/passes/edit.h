#pragma once

#include "graph/graph.h"

#include <cstddef>

namespace ssdgen {

/// The index of the node that makes a tensor. InternalError if there is none.
std::size_t maker_of(const Graph& graph, TensorId tensor);

/// How many inputs of nodes a tensor is.
int count_readers(const Graph& graph, TensorId tensor);

/// Whether a tensor is among the network's outputs.
bool is_output(const Graph& graph, TensorId tensor);

/// The layer behind the Normalise that a graph as built begins with, a convolution. InputError for one of another kind.
Node& first_layer(Graph& graph);

/// Takes a tensor that no node makes or takes out of the graph; the ids above it move down by one.
void remove_tensor(Graph& graph, TensorId tensor);

}  // namespace ssdgen
