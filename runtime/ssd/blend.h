#include "compiler.h"
#ifndef SSD_BLEND_H
#define SSD_BLEND_H

#include <cmath>
#include <cstdint>

#ifndef SSD_STANDARD
#include <emmintrin.h>
#endif  // SSD_STANDARD

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
#ifndef SSD_STANDARD
    const auto lanes = [](Pixel pixel) noexcept { return _mm_cvtsi32_si128(static_cast<int>(pixel)); };
    const auto both = [](Weights weights) noexcept {
        return static_cast<int>(static_cast<std::uint32_t>(weights.second) << 16 |
                                static_cast<std::uint16_t>(weights.first));
    };
    const __m128i zero = _mm_setzero_si128();
    const __m128i weights = _mm_set1_epi32(both(horizontal));
    const __m128i top = _mm_unpacklo_epi8(_mm_unpacklo_epi8(lanes(top_left), lanes(top_right)), zero);
    const __m128i bottom = _mm_unpacklo_epi8(_mm_unpacklo_epi8(lanes(bottom_left), lanes(bottom_right)), zero);
    const __m128i rows = _mm_packs_epi32(_mm_srai_epi32(_mm_madd_epi16(top, weights), 4),
                                         _mm_srai_epi32(_mm_madd_epi16(bottom, weights), 4));
    const __m128i shares = _mm_unpacklo_epi64(_mm_set1_epi16(vertical.first), _mm_set1_epi16(vertical.second));
    const __m128i products = _mm_mulhi_epi16(rows, shares);
    const __m128i sum = _mm_add_epi16(products, _mm_srli_si128(products, 8));
    const __m128i rounded = _mm_srai_epi16(_mm_add_epi16(sum, _mm_set1_epi16(2)), 2);
    return static_cast<Pixel>(_mm_cvtsi128_si32(_mm_packus_epi16(rounded, rounded)));
#else
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
#endif  // SSD_STANDARD
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_BLEND_H
