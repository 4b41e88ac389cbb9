#pragma once

#include "quantize/layers.h"
#include "weights/weight_tensor.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// A layer's weights and biases as whole numbers.
struct WeightNumbers {
    std::vector<float> scale;         // of the weights: one, or one an output channel
    std::vector<std::int8_t> weight;  // in the graph's order
    std::vector<std::int32_t> bias;   // scale: the input's times the weights'

    WeightTensor weights(std::vector<int> shape, int axis) const;
    WeightTensor biases(float input_scale, int axis) const;
};

/// The scale is that of the largest weight, 127; of a channel without weights, and of one whose bias it would make
/// larger than 2^30, one in which the bias is less.
WeightNumbers make_weight_numbers(const WeightTensor& weights, const WeightTensor& bias, const WeightPlaces& places,
                                  float input_scale, bool one_scale);

}  // namespace ssdgen
