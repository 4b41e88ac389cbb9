#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// How a sum becomes a stored number again; whose arithmetic it is. None gives what another gives.
enum class Requantization {
    two_roundings,  // TensorFlow Lite's reference kernels, TensorFlow Lite Micro, CMSIS-NN
    ruy,            // TensorFlow Lite's optimised kernels: convolutions and fully connected layers round once
    float_product,  // XNNPACK: one product in f32, halves to even
};

/// The stored numbers of a map [height][width][channels].
using StoredValues = std::vector<std::int32_t>;

/// The stored numbers of every tensor of a quantized graph, weights as they are stored, for a picture
/// [height][width][channels] of bytes; by tensor. Behind a softmax they count 1/256, from the lowest number on.
/// InternalError for a map or weights without quantization.
std::vector<StoredValues> interpret_integers(const Graph& graph, const std::vector<std::uint8_t>& image,
                                             Requantization rule);

}  // namespace ssdgen
