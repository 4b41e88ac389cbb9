
// Whole numbers: sums of four products of bytes, as pairs of 16 bits.
#ifndef SSD_VECTORS_OF_PRODUCTS_$guard$_H
#define SSD_VECTORS_OF_PRODUCTS_$guard$_H

namespace ssd::kernels::$space$ {

// Sixteen numbers of 32 bits.
using Sums = __m512i;

// The bytes of sixteen channels.
using Row = __m128i;

// Of each four bytes the first and third, and the second and fourth, as numbers of 16 bits.
struct Inputs {
    __m512i even, odd;
};
struct Weights {
    __m512i even, odd;
};

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
    return {_mm512_and_si512(bytes, _mm512_set1_epi16(0xFF)), _mm512_srli_epi16(bytes, 8)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_from(__m512i bytes) noexcept {
    return {_mm512_srai_epi16(_mm512_slli_epi16(bytes, 8), 8), _mm512_srai_epi16(bytes, 8)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights keep(Weights w) noexcept {
    asm("" : "+v"(w.even), "+v"(w.odd));
    return w;
}

// The sums of four products each, of unsigned inputs and signed weights. Left free, a compiler adds up the products of several calls
// first, and runs out of registers for them.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply_add(Inputs in, Weights w, Sums sum) noexcept {
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(in.even, w.even));
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(in.odd, w.odd));
    asm("" : "+v"(sum));
    return sum;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c, Row d) noexcept {
    return {_mm512_or_si512(spread<0>(a), spread<2>(c)), _mm512_or_si512(spread<0>(b), spread<2>(d))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c) noexcept {
    return {_mm512_or_si512(spread<0>(a), spread<2>(c)), spread<0>(b)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b) noexcept {
    return {spread<0>(a), spread<0>(b)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a) noexcept {
    return {spread<0>(a), _mm512_setzero_si512()};
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_PRODUCTS_$guard$_H
