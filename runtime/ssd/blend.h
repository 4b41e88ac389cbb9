#include "compiler.h"
#ifndef SSD_BLEND_H
#define SSD_BLEND_H

#include <cmath>
#include <cstdint>

#if defined(__SSE2__) && !defined(SSD_PLAIN_BLEND)
#include <emmintrin.h>
#endif

namespace ssd { inline namespace v2 { namespace detail {

/// Up to four channels of a byte each, the first in the lowest byte.
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

/// Bilinear blend of four pixels, channel by channel, rounded where OpenCV's fixed-point resize rounds:
/// h = left * w0 + right * w1 in each row, then (((h_top >> 4) * v0 >> 16) + ((h_bottom >> 4) * v1 >> 16) + 2) >> 2.
inline Pixel blend(Pixel top_left, Pixel top_right, Pixel bottom_left, Pixel bottom_right, Weights horizontal,
                   Weights vertical) noexcept {
#if defined(__SSE2__) && !defined(SSD_PLAIN_BLEND)
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
    Pixel result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
        const auto channel = [shift](Pixel pixel) noexcept { return static_cast<std::int32_t>(pixel >> shift & 255); };
        const std::int32_t top = channel(top_left) * horizontal.first + channel(top_right) * horizontal.second;
        const std::int32_t bottom = channel(bottom_left) * horizontal.first + channel(bottom_right) * horizontal.second;
        const std::int32_t sum = ((top >> 4) * vertical.first >> 16) + ((bottom >> 4) * vertical.second >> 16);
        result |= static_cast<Pixel>((sum + 2) >> 2 & 255) << shift;
    }
    return result;
#endif
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_BLEND_H
