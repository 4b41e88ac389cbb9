#pragma once

#include "weights/weight_tensor.h"

namespace ssdgen {

/// The same numbers with their axes in another order: axis i of the result is axis order[i] of the tensor. A
/// quantization along an axis goes with it.
WeightTensor permuted(const WeightTensor& tensor, const std::vector<int>& order);

/// The same numbers in the same order, under another shape of as many. A quantization goes with its axis; where the new
/// shape has no such axis, since the slices are cut apart or joined, the numbers become what they mean, f32.
WeightTensor reshaped(WeightTensor tensor, std::vector<int> shape);

}  // namespace ssdgen
