#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// Has the weights of convolutions and depthwise layers of a lowered graph, bound or not, stored as f32, f16 or bf16:
/// each rounded to the nearest of the type, of two to the even one. Biases stay f32. InputError, naming the layer, for
/// a weight beyond the largest of the type. An f32 graph stays as it is.
Graph store_weights(Graph lowered, Element type);

}  // namespace ssdgen
