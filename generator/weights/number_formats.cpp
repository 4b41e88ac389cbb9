#include "weights/number_formats.h"

#include <cmath>

namespace ssdgen {

namespace {

float from_bits(std::uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

/// bits / 2^count, rounded to the nearest, of two to the even one.
std::uint32_t rounded_shift(std::uint32_t bits, int count) {
    return (bits + ((1U << (count - 1)) - 1) + ((bits >> count) & 1U)) >> count;
}

}  // namespace

std::uint32_t to_bits(float value) {
    std::uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

float from_half(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
    const std::uint32_t exponent = (bits >> 10) & 0x1FU;
    const std::uint32_t fraction = bits & 0x3FFU;
    if (exponent == 0) {  // zero and the subnormal numbers: fraction * 2^-24, exact in binary32
        const float magnitude = static_cast<float>(fraction) * 0x1p-24F;
        return sign != 0 ? -magnitude : magnitude;
    }
    if (exponent == 0x1FU) return from_bits(sign | 0x7F800000U | (fraction << 13));  // infinities and NaNs
    return from_bits(sign | ((exponent + 127 - 15) << 23) | (fraction << 13));
}

float from_bfloat16(std::uint16_t bits) { return from_bits(static_cast<std::uint32_t>(bits) << 16); }

std::uint16_t to_half(float value) {
    const std::uint32_t bits = to_bits(value), magnitude = bits & 0x7FFFFFFFU;
    const std::uint32_t sign = (bits >> 16) & 0x8000U;
    if (magnitude > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);   // a NaN
    if (magnitude >= 0x477FF000U) return static_cast<std::uint16_t>(sign | 0x7C00U);  // 65520 and more
    if (magnitude < 0x38800000U)  // zero and the subnormal numbers: so many times 2^-24, exact in binary64
        return static_cast<std::uint16_t>(
            sign | static_cast<std::uint32_t>(std::nearbyint(std::fabs(double(value)) * 0x1p24)));
    return static_cast<std::uint16_t>(sign | rounded_shift(magnitude - ((127U - 15U) << 23), 13));
}

std::uint16_t to_bfloat16(float value) {
    const std::uint32_t bits = to_bits(value);
    if ((bits & 0x7FFFFFFFU) > 0x7F800000U) return static_cast<std::uint16_t>(bits >> 16 | 0x40U);  // a NaN
    return static_cast<std::uint16_t>(rounded_shift(bits, 16));
}

}  // namespace ssdgen
