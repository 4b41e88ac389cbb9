#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Where a tensor's channels lie: in a map that is no slice. That is the tensor itself if it is none.
ChannelSlice place_in_whole(const Graph& graph, TensorId tensor);

/// Whether two tensors have channels in common: one is the other, or a slice of it, or of a slice of it.
bool overlap(const Graph& graph, TensorId a, TensorId b);

/// InternalError unless slices have the height and width of their wholes, and those of one whole make up its channels.
void check_slices(const Graph& graph);

}  // namespace ssdgen
