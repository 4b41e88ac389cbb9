
// Whole numbers: sums of four products of bytes in one instruction.
#ifndef SSD_VECTORS_OF_PRODUCTS_$guard$_H
#define SSD_VECTORS_OF_PRODUCTS_$guard$_H

// A processor with the AVX-512 form of the instruction alone can stand in for one with this: compile with -DSSD_DOT_OF_AVX512.
#ifdef SSD_DOT_OF_AVX512
#define SSD_DOT_OF_BYTES _mm256_dpbusd_epi32
#else
#define SSD_DOT_OF_BYTES _mm256_dpbusd_avx_epi32
#endif

namespace ssd::kernels::$space$ {

// Eight numbers of 32 bits.
using Sums = __m256i;

// The bytes of eight channels.
using Row = __m128i;

using Inputs = __m256i;
using Weights = __m256i;

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
    return bytes;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_from(__m256i bytes) noexcept {
    return bytes;
}

// The sums of four products each, of unsigned inputs and signed weights.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply_add(Inputs in, Weights w, Sums sum) noexcept {
    return SSD_DOT_OF_BYTES(sum, in, w);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c, Row d) noexcept {
    return _mm256_or_si256(_mm256_or_si256(spread<0>(a), spread<1>(b)), _mm256_or_si256(spread<2>(c), spread<3>(d)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c) noexcept {
    return _mm256_or_si256(_mm256_or_si256(spread<0>(a), spread<1>(b)), spread<2>(c));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b) noexcept {
    return _mm256_or_si256(spread<0>(a), spread<1>(b));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a) noexcept {
    return spread<0>(a);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_PRODUCTS_$guard$_H
