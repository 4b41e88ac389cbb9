#pragma once

#include "graph/fixed_point.h"
#include "graph/stored_range.h"
#include "weights/requantization.h"
#include "weights/weight_tensor.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// How the 32-bit sums of a quantized layer become the stored numbers of its map, beside zero point and range: one
/// factor an output channel.
struct SumFactors {
    Requantization rule = Requantization::two_roundings;  // of this layer: a depthwise one rounds twice under ruy
    std::vector<FixedPoint> fixed;                        // two_roundings, ruy
    std::vector<float> real;                              // float_product
};

/// What a factor is made of: s_in * s_weight / s_out. TensorFlow Lite multiplies the first two as floats where weights
/// have one scale for all, u8 ones and those of fully connected layers, else as doubles.
enum class ScaleProduct { as_float, as_double };

/// Of a layer with weights that are quantized along their output channels or as a whole.
SumFactors sum_factors(const WeightTensor& weights, int channels, const StoredRange& input, const StoredRange& output,
                       Requantization rule, ScaleProduct product);

/// A sum by the rule, before the zero point is added; of float_product, and there alone, limited to the range, which
/// may have no numbers that a float does not.
std::int32_t requantize(std::int32_t sum, std::size_t channel, const SumFactors& factors, const StoredRange& output);

/// An output channel's zero point of weights.
std::int32_t weight_zero_point(const WeightTensor& weights, std::size_t channel);

/// The stored numbers of weights or biases. InternalError for real ones.
std::vector<std::int32_t> whole_numbers(const WeightTensor& tensor);

}  // namespace ssdgen
