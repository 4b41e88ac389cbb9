#include "compiler.h"
#ifndef SSD_BLEND_H
#define SSD_BLEND_H

#include <cmath>
#include <cstdint>


namespace ssd { inline namespace v2 { namespace detail {

/// Up to four channels of a byte each, the first in the lowest byte. The fourth is alpha, which is dropped.
using Pixel = std::uint32_t;

inline Pixel load4(const std::uint8_t* bytes) noexcept {
    return Pixel{bytes[0]} | Pixel{bytes[1]} << 8 | Pixel{bytes[2]} << 16 | Pixel{bytes[3]} << 24;
}

/// Reads no further than the pixel's own bytes.
inline Pixel load(const std::uint8_t* bytes, int count) noexcept {
    Pixel pixel = 0;
    for (int i = 0; i < count; ++i) pixel |= Pixel{bytes[i]} << (8 * i);
    return pixel;
}

/// The shares of two neighbours in 2048 parts.
struct Weights {
    std::int16_t first, second;
};

inline Weights weights_of(float second_share) noexcept {
    return {static_cast<std::int16_t>(std::lrint((1 - second_share) * 2048)),
            static_cast<std::int16_t>(std::lrint(second_share * 2048))};
}

/// Bilinear blend of four pixels, the first three channels of each, rounded where OpenCV's fixed-point resize rounds:
/// h = left * w0 + right * w1 in each row, then (((h_top >> 4) * v0 >> 16) + ((h_bottom >> 4) * v1 >> 16) + 2) >> 2.
inline Pixel blend(Pixel top_left, Pixel top_right, Pixel bottom_left, Pixel bottom_right, Weights horizontal,
                   Weights vertical) noexcept {
    // Three channels at a time, 19 bits apart: a blend of two bytes has no more. A share of it has 26 bits: so the middle one is
    // taken out first.
    const auto spread = [](Pixel pixel) noexcept {
        return std::uint64_t{pixel & 0xFF} | std::uint64_t{pixel & 0xFF00} << 11 | std::uint64_t{pixel & 0xFF0000} << 22;
    };
    const auto across = [&](Pixel left, Pixel right) noexcept {
        return spread(left) * static_cast<std::uint16_t>(horizontal.first) +
               spread(right) * static_cast<std::uint16_t>(horizontal.second);
    };
    const std::uint64_t upper = across(top_left, top_right), lower = across(bottom_left, bottom_right);
    const std::uint64_t top = static_cast<std::uint16_t>(vertical.first), bottom = static_cast<std::uint16_t>(vertical.second);
    constexpr std::uint64_t both = 1 | std::uint64_t{1} << 38;  // the first and the third channel
    const auto outer_share = [](std::uint64_t row, std::uint64_t share) noexcept {
        return (row >> 4 & both * 0x7FFF) * share >> 16 & both * 0x3FF;
    };
    const auto middle_share = [](std::uint64_t row, std::uint64_t share) noexcept { return (row >> 23 & 0x7FFF) * share >> 16; };
    const std::uint64_t outer = (outer_share(upper, top) + outer_share(lower, bottom) + both * 2) >> 2;
    const std::uint64_t middle = (middle_share(upper, top) + middle_share(lower, bottom) + 2) >> 2;
    return static_cast<Pixel>((outer & 0xFF) | middle << 8 | (outer >> 22 & 0xFF0000));
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_BLEND_H
