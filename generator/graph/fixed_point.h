#pragma once

#include <cstdint>

namespace ssdgen {

/// A real factor of 8-bit networks: mantissa * 2^(shift - 31), the mantissa 0 or from 2^30 up to 2^31 - 1.
struct FixedPoint {
    std::int32_t mantissa = 0;
    int shift = 0;
};

inline bool operator==(const FixedPoint& a, const FixedPoint& b) {
    return a.mantissa == b.mantissa && a.shift == b.shift;
}

/// As TensorFlow Lite makes it of a double (QuantizeMultiplier): the mantissa rounded, halves away from zero; 0 below
/// 2^-32, the largest of shift 30 from 2^30 on. real: not negative, finite.
FixedPoint fixed_point(double real);

/// a * b / 2^31, rounded, halves upward; 2^31 - 1 for the one product that does not fit.
std::int32_t high_product(std::int32_t a, std::int32_t b);

/// value / 2^exponent, rounded, halves away from zero; exponent: 0 to 31.
std::int32_t divide_by_power(std::int32_t value, int exponent);

/// value * factor with two roundings, as the reference kernels of TensorFlow Lite, TensorFlow Lite Micro and CMSIS-NN
/// have it: high_product, then divide_by_power. A shift above 0 is taken first; value * 2^shift has to fit.
std::int32_t round_twice(std::int32_t value, const FixedPoint& factor);

/// The same with one rounding, halves upward, as ruy has it.
std::int32_t round_once(std::int32_t value, const FixedPoint& factor);

}  // namespace ssdgen
