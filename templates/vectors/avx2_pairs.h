
// Whole numbers: sums of four products of bytes, as pairs of 16 bits.
#ifndef SSD_VECTORS_OF_PRODUCTS_$guard$_H
#define SSD_VECTORS_OF_PRODUCTS_$guard$_H

namespace ssd::kernels::$space$ {

// Eight numbers of 32 bits.
using Sums = __m256i;

// The bytes of eight channels.
using Row = __m128i;

// Of each four bytes the first and third, and the second and fourth, as numbers of 16 bits.
struct Inputs {
    __m256i even, odd;
};
struct Weights {
    __m256i even, odd;
};

// The byte of each channel in such a place of its four, the others zero.
template <int position>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m256i spread(Row row) noexcept {
    constexpr unsigned filler = 0x80808080U & ~(0xFFU << (8 * position));
    constexpr auto one = [](unsigned index) { return static_cast<int>(filler | index << (8 * position)); };
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(row),
                               _mm256_setr_epi32(one(0), one(1), one(2), one(3), one(4), one(5), one(6), one(7)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs inputs_from(__m256i bytes) noexcept {
    return {_mm256_and_si256(bytes, _mm256_set1_epi16(0xFF)), _mm256_srli_epi16(bytes, 8)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_from(__m256i bytes) noexcept {
    return {_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8), _mm256_srai_epi16(bytes, 8)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights keep(Weights w) noexcept {
    asm("" : "+x"(w.even), "+x"(w.odd));
    return w;
}

// The sums of four products each, of unsigned inputs and signed weights. Left free, a compiler adds up the products of several calls
// first, and runs out of registers for them.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply_add(Inputs in, Weights w, Sums sum) noexcept {
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(in.even, w.even));
    sum = _mm256_add_epi32(sum, _mm256_madd_epi16(in.odd, w.odd));
    asm("" : "+x"(sum));
    return sum;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c, Row d) noexcept {
    return {_mm256_or_si256(spread<0>(a), spread<2>(c)), _mm256_or_si256(spread<0>(b), spread<2>(d))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c) noexcept {
    return {_mm256_or_si256(spread<0>(a), spread<2>(c)), spread<0>(b)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b) noexcept {
    return {spread<0>(a), spread<0>(b)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a) noexcept {
    return {spread<0>(a), _mm256_setzero_si256()};
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_PRODUCTS_$guard$_H
