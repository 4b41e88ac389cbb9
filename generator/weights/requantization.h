#pragma once

namespace ssdgen {

/// How a sum becomes a stored number again; whose arithmetic it is. None gives what another gives.
enum class Requantization {
    two_roundings,  // TensorFlow Lite's reference kernels, TensorFlow Lite Micro, CMSIS-NN
    ruy,            // TensorFlow Lite's optimised kernels: convolutions and fully connected layers round once
    float_product,  // XNNPACK: one product in f32, halves to even
};

/// As --requantization has it.
constexpr const char* word(Requantization rule) {
    switch (rule) {
        case Requantization::two_roundings: return "double";
        case Requantization::ruy: return "ruy";
        case Requantization::float_product: return "float";
    }
    return nullptr;
}

}  // namespace ssdgen
