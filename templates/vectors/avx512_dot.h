
// Whole numbers: sums of four products of bytes in one instruction.
#ifndef SSD_VECTORS_OF_PRODUCTS_$guard$_H
#define SSD_VECTORS_OF_PRODUCTS_$guard$_H

namespace ssd::kernels::$space$ {

// Sixteen numbers of 32 bits.
using Sums = __m512i;

// The bytes of sixteen channels.
using Row = __m128i;

using Inputs = __m512i;
using Weights = __m512i;

// Moves the byte of each channel to such a place of its four, the others zero.
template <int position>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m512i pattern() noexcept {
    constexpr unsigned filler = 0x80808080U & ~(0xFFU << (8 * position));
    constexpr auto one = [](unsigned index) { return static_cast<int>(filler | index << (8 * position)); };
    return _mm512_setr_epi32(one(0), one(1), one(2), one(3), one(4), one(5), one(6), one(7), one(8), one(9), one(10), one(11), one(12),
                             one(13), one(14), one(15));
}

template <int position>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m512i spread(Row row) noexcept {
    return _mm512_maskz_shuffle_epi8(~__mmask64{0}, _mm512_maskz_broadcast_i32x4(0xFFFF, row), pattern<position>());
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs inputs_from(__m512i bytes) noexcept {
    return bytes;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_from(__m512i bytes) noexcept {
    return bytes;
}

// The sums of four products each, of unsigned inputs and signed weights.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply_add(Inputs in, Weights w, Sums sum) noexcept {
    return _mm512_dpbusd_epi32(sum, in, w);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c, Row d) noexcept {
    return _mm512_or_si512(_mm512_or_si512(spread<0>(a), spread<1>(b)), _mm512_or_si512(spread<2>(c), spread<3>(d)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c) noexcept {
    return _mm512_ternarylogic_epi32(spread<0>(a), spread<1>(b), spread<2>(c), 0xFE);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b) noexcept {
    return _mm512_or_si512(spread<0>(a), spread<1>(b));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a) noexcept {
    return spread<0>(a);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_PRODUCTS_$guard$_H
