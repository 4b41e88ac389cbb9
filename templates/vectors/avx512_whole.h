
// What is done with whole numbers beside products. Where a full mask stands, it costs nothing.
#ifndef SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H
#define SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H

#include <cstring>

namespace ssd::kernels::$space$ {

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
const std::uint8_t* renewed(const std::uint8_t* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums keep(Sums v) noexcept {
    asm("" : "+v"(v));
    return v;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_sums(const std::uint8_t* from) noexcept {
    return _mm512_loadu_si512(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_sums(std::uint8_t* to, Sums v) noexcept {
    _mm512_storeu_si512(to, v);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_sums_lanes(const std::uint8_t* from) noexcept {
    return _mm512_maskz_loadu_epi32(static_cast<__mmask16>((1U << lanes) - 1), from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_factors(const std::uint8_t* from) noexcept {
    return _mm512_castsi512_ps(load_sums(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_factors_lanes(const std::uint8_t* from) noexcept {
    return _mm512_castsi512_ps(load_sums_lanes<lanes>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights load_weights(const std::uint8_t* from) noexcept {
    return weights_from(load_sums(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights load_weights_lanes(const std::uint8_t* from) noexcept {
    return weights_from(load_sums_lanes<lanes>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row load_row(const std::uint8_t* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row load_row_lanes(const std::uint8_t* from) noexcept {
    return _mm_maskz_loadu_epi8(static_cast<__mmask16>((1U << lanes) - 1), from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_numbers(const std::uint8_t* from) noexcept {
    return _mm512_maskz_cvtepu8_epi32(0xFFFF, load_row(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_numbers_lanes(const std::uint8_t* from) noexcept {
    return _mm512_maskz_cvtepu8_epi32(0xFFFF, load_row_lanes<lanes>(from));
}

template <int bytes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs broadcast_bytes(const std::uint8_t* from) noexcept {
    int four = 0;
    std::memcpy(&four, from, bytes);
    return inputs_from(_mm512_set1_epi32(four));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs broadcast(const std::uint8_t* from) noexcept {
    return broadcast_bytes<4>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs inputs_of(int byte) noexcept {
    return inputs_from(_mm512_set1_epi8(static_cast<char>(byte)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_of(int a, int b, int c, int d) noexcept {
    const unsigned four = static_cast<unsigned>(a & 255) | static_cast<unsigned>(b & 255) << 8 | static_cast<unsigned>(c & 255) << 16 |
                          static_cast<unsigned>(d & 255) << 24;
    return weights_from(_mm512_set1_epi32(static_cast<int>(four)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row row_of(int byte) noexcept {
    return _mm_set1_epi8(static_cast<char>(byte));
}

// The bytes of the channels of two registers, and of four.
using PairRow = __m256i;
using QuadRow = __m512i;

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairRow load_pair_row(const std::uint8_t* from) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadRow load_quad_row(const std::uint8_t* from) noexcept {
    return _mm512_loadu_si512(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairRow pair_row_of(int byte) noexcept {
    return _mm256_set1_epi8(static_cast<char>(byte));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadRow quad_row_of(int byte) noexcept {
    return _mm512_set1_epi8(static_cast<char>(byte));
}

// The channels dealt out by fours, within each 16 bytes: store_numbers puts them in order again.
struct PairInputs {
    Inputs first, second;
};
struct QuadInputs {
    Inputs first, second, third, fourth;
};

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairInputs interleave_pair(PairRow a, PairRow b = pair_row_of(0), PairRow c = pair_row_of(0), PairRow d = pair_row_of(0)) noexcept {
    const __m512i ab = _mm512_or_si512(_mm512_cvtepu8_epi16(a), _mm512_slli_epi16(_mm512_cvtepu8_epi16(b), 8));
    const __m512i cd = _mm512_or_si512(_mm512_cvtepu8_epi16(c), _mm512_slli_epi16(_mm512_cvtepu8_epi16(d), 8));
    return {inputs_from(_mm512_unpacklo_epi16(ab, cd)), inputs_from(_mm512_unpackhi_epi16(ab, cd))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadInputs interleave_quad(QuadRow a, QuadRow b = quad_row_of(0), QuadRow c = quad_row_of(0), QuadRow d = quad_row_of(0)) noexcept {
    const __m512i low_ab = _mm512_unpacklo_epi8(a, b), high_ab = _mm512_unpackhi_epi8(a, b);
    const __m512i low_cd = _mm512_unpacklo_epi8(c, d), high_cd = _mm512_unpackhi_epi8(c, d);
    return {inputs_from(_mm512_unpacklo_epi16(low_ab, low_cd)), inputs_from(_mm512_unpackhi_epi16(low_ab, low_cd)),
            inputs_from(_mm512_unpacklo_epi16(high_ab, high_cd)), inputs_from(_mm512_unpackhi_epi16(high_ab, high_cd))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums sums_of(int number) noexcept {
    return _mm512_set1_epi32(number);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums add(Sums a, Sums b) noexcept {
    return _mm512_add_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums subtract(Sums a, Sums b) noexcept {
    return _mm512_sub_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply(Sums a, Sums b) noexcept {
    return _mm512_maskz_mullo_epi32(0xFFFF, a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums maximum(Sums a, Sums b) noexcept {
    return _mm512_maskz_max_epi32(0xFFFF, a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums minimum(Sums a, Sums b) noexcept {
    return _mm512_maskz_min_epi32(0xFFFF, a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums subtract_product(Sums sum, Sums a, Sums b) noexcept {
    return subtract(sum, multiply(a, b));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_left(Sums a, Sums bits) noexcept {
    return _mm512_maskz_sllv_epi32(0xFFFF, a, bits);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_left(Sums a, int bits) noexcept {
    return shift_left(a, sums_of(bits));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums round_right(Sums a, int bits) noexcept {
    return _mm512_maskz_srav_epi32(0xFFFF, add(a, sums_of(1 << (bits - 1))), sums_of(bits));
}

// Halves to even.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_by_float(Sums sum, Vector factor) noexcept {
    return _mm512_maskz_cvtps_epi32(0xFFFF, _mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xFFFF, sum), factor));
}

// The same where products may leave 32 bits.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_by_large_float(Sums sum, Vector factor) noexcept {
    return _mm512_maskz_cvtps_epi32(0xFFFF, minimum(_mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xFFFF, sum), factor), constant(1e9F)));
}

// (a * b + 2^30) / 2^31, rounded down: in 64 bits, the lanes of even number and the others.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums high_product(Sums a, Sums b) noexcept {
    const __m512i half = _mm512_set1_epi64(1LL << 30);
    const __m512i even = _mm512_add_epi64(_mm512_maskz_mul_epi32(0xFF, a, b), half);
    const __m512i odd = _mm512_add_epi64(
        _mm512_maskz_mul_epi32(0xFF, _mm512_maskz_srli_epi64(0xFF, a, 32), _mm512_maskz_srli_epi64(0xFF, b, 32)), half);
    return _mm512_mask_blend_epi32(0xAAAA, _mm512_maskz_srli_epi64(0xFF, even, 31), _mm512_maskz_slli_epi64(0xFF, odd, 1));
}

// Two roundings: the second to nearest, halves away from zero.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_twice(Sums sum, Sums mantissa, Sums right) noexcept {
    const Sums product = high_product(sum, mantissa);
    const Sums mask = subtract(shift_left(sums_of(1), right), sums_of(1));
    const Sums rest = _mm512_and_si512(product, mask);
    const Sums sign = _mm512_maskz_srli_epi32(0xFFFF, product, 31);
    const Sums half = add(_mm512_maskz_srli_epi32(0xFFFF, mask, 1), sign);
    const __mmask16 up = _mm512_cmpgt_epi32_mask(rest, half);
    const Sums quotient = _mm512_maskz_srav_epi32(0xFFFF, product, right);
    return _mm512_mask_add_epi32(quotient, up, quotient, sums_of(1));
}

// One rounding, halves upward.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m512i scale_half(__m512i sums, __m512i mantissas, __m512i right) noexcept {
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i half = _mm512_maskz_sllv_epi64(0xFF, one, _mm512_add_epi64(right, _mm512_set1_epi64(30)));
    const __m512i product = _mm512_add_epi64(_mm512_maskz_mul_epi32(0xFF, sums, mantissas), half);
    return _mm512_maskz_srav_epi64(0xFF, product, _mm512_add_epi64(right, _mm512_set1_epi64(31)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_once(Sums sum, Sums mantissa, Sums right) noexcept {
    const __m512i low = _mm512_set1_epi64(0xFFFFFFFFLL);
    const __m512i even = scale_half(sum, mantissa, _mm512_and_si512(right, low));
    const __m512i odd = scale_half(_mm512_maskz_srli_epi64(0xFF, sum, 32), _mm512_maskz_srli_epi64(0xFF, mantissa, 32),
                                   _mm512_maskz_srli_epi64(0xFF, right, 32));
    return _mm512_mask_blend_epi32(0xAAAA, even, _mm512_maskz_slli_epi64(0xFF, odd, 32));
}

// Of a distance from `zero`, half a divisor is added first, away from it.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums divide_rounded(Sums sum, int divisor, int zero) noexcept {
    const Sums distance = subtract(sum, sums_of(zero));
    const __mmask16 positive = _mm512_cmpgt_epi32_mask(distance, sums_of(0));
    const Sums moved = _mm512_mask_blend_epi32(positive, subtract(distance, sums_of(divisor / 2)), add(distance, sums_of(divisor / 2)));
    const Vector quotient = _mm512_div_ps(_mm512_maskz_cvtepi32_ps(0xFFFF, moved), constant(static_cast<float>(divisor)));
    return _mm512_maskz_cvttps_epi32(0xFFFF, quotient);
}

// Numbers of one scale as those of another, halves away from zero.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums rescale(Sums sum, Vector scale, Vector offset, int zero_point, int lowest, int highest) noexcept {
    const Sums limited = _mm512_maskz_min_epi32(0xFFFF, maximum(sum, sums_of(lowest - zero_point)), sums_of(highest - zero_point));
    const Vector value = _mm512_add_ps(_mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xFFFF, add(limited, sums_of(zero_point))), scale), offset);
    const Sums whole = _mm512_maskz_cvttps_epi32(0xFFFF, value);
    const Vector rest = _mm512_sub_ps(value, _mm512_maskz_cvtepi32_ps(0xFFFF, whole));
    const __mmask16 up = _mm512_cmp_ps_mask(rest, constant(0.5F), _CMP_GE_OQ), down = _mm512_cmp_ps_mask(rest, constant(-0.5F), _CMP_LE_OQ);
    return _mm512_mask_sub_epi32(_mm512_mask_add_epi32(whole, up, whole, sums_of(1)), down, whole, sums_of(1));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums sum_of_bytes(const std::uint8_t* from, int count) noexcept {
    __m512i sum = _mm512_setzero_si512();
    for (; count > 0; count -= 64, from += 64) {
        const __mmask64 mask = count >= 64 ? ~__mmask64{0} : (__mmask64{1} << count) - 1;
        sum = _mm512_add_epi64(sum, _mm512_sad_epu8(_mm512_maskz_loadu_epi8(mask, from), _mm512_setzero_si512()));
    }
    const __m256i half = _mm256_add_epi64(_mm512_maskz_extracti64x4_epi64(0xF, sum, 0), _mm512_maskz_extracti64x4_epi64(0xF, sum, 1));
    const __m128i quarter = _mm_add_epi64(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    return sums_of(_mm_cvtsi128_si32(_mm_add_epi64(quarter, _mm_unpackhi_epi64(quarter, quarter))));
}

// The channels of registers as bytes, in order where those of two or four are dealt out among them by fours: each is more by zero_point,
// and lies from lowest to highest. channels: 0 for all.
template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a) noexcept {
    __m256i words = _mm512_maskz_cvtsepi32_epi16(0xFFFF, a);
    if constexpr (zero_point != 0) words = _mm256_adds_epi16(words, _mm256_set1_epi16(zero_point));
    words = _mm256_max_epi16(words, _mm256_set1_epi16(lowest));
    if constexpr (highest < 255) words = _mm256_min_epi16(words, _mm256_set1_epi16(highest));
    const __m128i bytes = _mm256_maskz_cvtusepi16_epi8(0xFFFF, words);
    if constexpr (channels == 0) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    if constexpr (channels != 0) _mm_mask_storeu_epi8(to, static_cast<__mmask16>((1U << channels) - 1), bytes);
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a, Sums b) noexcept {
    __m512i words = _mm512_packs_epi32(a, b);
    if constexpr (zero_point != 0) words = _mm512_adds_epi16(words, _mm512_set1_epi16(zero_point));
    words = _mm512_max_epi16(words, _mm512_set1_epi16(lowest));
    if constexpr (highest < 255) words = _mm512_min_epi16(words, _mm512_set1_epi16(highest));
    const __m256i bytes = _mm512_maskz_cvtusepi16_epi8(0xFFFFFFFF, words);
    if constexpr (channels == 0) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    if constexpr (channels != 0) _mm256_mask_storeu_epi8(to, static_cast<__mmask32>((1ULL << channels) - 1), bytes);
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a, Sums b, Sums c, Sums d) noexcept {
    __m512i first = _mm512_packs_epi32(a, b), second = _mm512_packs_epi32(c, d);
    if constexpr (zero_point != 0) {
        first = _mm512_adds_epi16(first, _mm512_set1_epi16(zero_point));
        second = _mm512_adds_epi16(second, _mm512_set1_epi16(zero_point));
    }
    __m512i bytes = _mm512_packus_epi16(first, second);
    if constexpr (lowest > 0) bytes = _mm512_max_epu8(bytes, _mm512_set1_epi8(static_cast<char>(lowest)));
    if constexpr (highest < 255) bytes = _mm512_min_epu8(bytes, _mm512_set1_epi8(static_cast<char>(highest)));
    if constexpr (channels == 0) return _mm512_storeu_si512(to, bytes);
    if constexpr (channels != 0) _mm512_mask_storeu_epi8(to, (__mmask64{1} << channels) - 1, bytes);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H
