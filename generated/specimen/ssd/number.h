#include "compiler.h"
#ifndef SSD_NUMBER_H
#define SSD_NUMBER_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

// What is a number, told from the bits in memory: under -ffast-math compilers take it for granted that every float is one, and drop
// std::isnan, std::isfinite and comparisons that mean the same.

namespace ssd { inline namespace v2 { namespace detail {

inline constexpr std::int32_t infinity_bits = 0x7F800000;

/// The sign apart, they rise with the value; those of an infinity and, above them, of what is no number come last.
inline std::int32_t bits_of(const float& value) noexcept {
    std::int32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

inline bool is_finite(const float& value) noexcept { return (bits_of(value) & infinity_bits) != infinity_bits; }

inline bool are_finite(const float* values, int count) noexcept {
    for (int i = 0; i < count; ++i) {
        if (!is_finite(values[i])) return false;
    }
    return true;
}

/// Makes it none.
inline void spoil(float& value) noexcept {
    const std::int32_t none = infinity_bits | 1 << 22;
    std::memcpy(&value, &none, sizeof none);
}

/// 1 / (1 + exp(-x)), rounded once: it never falls as x rises.
inline float sigmoid(float x) noexcept {
    constexpr double least = -200;  // whose sigmoid is 0 as a float; no exponential overflows
    return static_cast<float>(1.0 / (1.0 + std::exp(-std::max(static_cast<double>(x), least))));
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_NUMBER_H
