#include "weights/number_formats.h"

namespace ssdgen {

namespace {

float from_bits(std::uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

}  // namespace

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

}  // namespace ssdgen
