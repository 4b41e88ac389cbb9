
// What is done with whole numbers beside products.
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
    asm("" : "+x"(v));
    return v;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_sums(const std::uint8_t* from) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_sums(std::uint8_t* to, Sums v) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_sums_lanes(const std::uint8_t* from) noexcept {
    alignas(32) std::int32_t numbers[8] = {};
    std::memcpy(numbers, from, lanes * sizeof(std::int32_t));
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(numbers));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_factors(const std::uint8_t* from) noexcept {
    return _mm256_castsi256_ps(load_sums(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_factors_lanes(const std::uint8_t* from) noexcept {
    return _mm256_castsi256_ps(load_sums_lanes<lanes>(from));
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
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row load_row_lanes(const std::uint8_t* from) noexcept {
    std::int64_t bytes = 0;
    std::memcpy(&bytes, from, lanes);
    return _mm_cvtsi64_si128(bytes);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_numbers(const std::uint8_t* from) noexcept {
    return _mm256_cvtepu8_epi32(load_row(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_numbers_lanes(const std::uint8_t* from) noexcept {
    return _mm256_cvtepu8_epi32(load_row_lanes<lanes>(from));
}

template <int bytes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs broadcast_bytes(const std::uint8_t* from) noexcept {
    int four = 0;
    std::memcpy(&four, from, bytes);
    return inputs_from(_mm256_set1_epi32(four));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs broadcast(const std::uint8_t* from) noexcept {
    return broadcast_bytes<4>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs inputs_of(int byte) noexcept {
    return inputs_from(_mm256_set1_epi8(static_cast<char>(byte)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_of(int a, int b, int c, int d) noexcept {
    const unsigned four = static_cast<unsigned>(a & 255) | static_cast<unsigned>(b & 255) << 8 | static_cast<unsigned>(c & 255) << 16 |
                          static_cast<unsigned>(d & 255) << 24;
    return weights_from(_mm256_set1_epi32(static_cast<int>(four)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row row_of(int byte) noexcept {
    return _mm_set1_epi8(static_cast<char>(byte));
}

// The bytes of the channels of two registers, and of four.
using PairRow = __m128i;
using QuadRow = __m256i;

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairRow load_pair_row(const std::uint8_t* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadRow load_quad_row(const std::uint8_t* from) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairRow pair_row_of(int byte) noexcept {
    return _mm_set1_epi8(static_cast<char>(byte));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadRow quad_row_of(int byte) noexcept {
    return _mm256_set1_epi8(static_cast<char>(byte));
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
    const __m256i ab = _mm256_or_si256(_mm256_cvtepu8_epi16(a), _mm256_slli_epi16(_mm256_cvtepu8_epi16(b), 8));
    const __m256i cd = _mm256_or_si256(_mm256_cvtepu8_epi16(c), _mm256_slli_epi16(_mm256_cvtepu8_epi16(d), 8));
    return {inputs_from(_mm256_unpacklo_epi16(ab, cd)), inputs_from(_mm256_unpackhi_epi16(ab, cd))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadInputs interleave_quad(QuadRow a, QuadRow b = quad_row_of(0), QuadRow c = quad_row_of(0), QuadRow d = quad_row_of(0)) noexcept {
    const __m256i low_ab = _mm256_unpacklo_epi8(a, b), high_ab = _mm256_unpackhi_epi8(a, b);
    const __m256i low_cd = _mm256_unpacklo_epi8(c, d), high_cd = _mm256_unpackhi_epi8(c, d);
    return {inputs_from(_mm256_unpacklo_epi16(low_ab, low_cd)), inputs_from(_mm256_unpackhi_epi16(low_ab, low_cd)),
            inputs_from(_mm256_unpacklo_epi16(high_ab, high_cd)), inputs_from(_mm256_unpackhi_epi16(high_ab, high_cd))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums sums_of(int number) noexcept {
    return _mm256_set1_epi32(number);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums add(Sums a, Sums b) noexcept {
    return _mm256_add_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums subtract(Sums a, Sums b) noexcept {
    return _mm256_sub_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply(Sums a, Sums b) noexcept {
    return _mm256_mullo_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums maximum(Sums a, Sums b) noexcept {
    return _mm256_max_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums minimum(Sums a, Sums b) noexcept {
    return _mm256_min_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums subtract_product(Sums sum, Sums a, Sums b) noexcept {
    return subtract(sum, multiply(a, b));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_left(Sums a, Sums bits) noexcept {
    return _mm256_sllv_epi32(a, bits);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_left(Sums a, int bits) noexcept {
    return _mm256_slli_epi32(a, bits);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums round_right(Sums a, int bits) noexcept {
    return _mm256_srai_epi32(add(a, sums_of(1 << (bits - 1))), bits);
}

// Halves to even.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_by_float(Sums sum, Vector factor) noexcept {
    return _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), factor));
}

// The same where products may leave 32 bits.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_by_large_float(Sums sum, Vector factor) noexcept {
    return _mm256_cvtps_epi32(minimum(_mm256_mul_ps(_mm256_cvtepi32_ps(sum), factor), constant(1e9F)));
}

// (a * b + 2^30) / 2^31, rounded down: in 64 bits, the lanes of even number and the others.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums high_product(Sums a, Sums b) noexcept {
    const __m256i half = _mm256_set1_epi64x(1LL << 30);
    const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
    const __m256i odd = _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32)), half);
    return _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
}

// Two roundings: the second to nearest, halves away from zero.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_twice(Sums sum, Sums mantissa, Sums right) noexcept {
    const Sums product = high_product(sum, mantissa);
    const Sums mask = subtract(shift_left(sums_of(1), right), sums_of(1));
    const Sums rest = _mm256_and_si256(product, mask);
    const Sums half = add(_mm256_srli_epi32(mask, 1), _mm256_srli_epi32(product, 31));
    return subtract(_mm256_srav_epi32(product, right), _mm256_cmpgt_epi32(rest, half));
}

// One rounding, halves upward. There is no arithmetic shift of 64 bits: one of unsigned numbers stands for it, which the sign is taken
// from first and given back to afterwards.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m256i scale_half(__m256i sums, __m256i mantissas, __m256i right) noexcept {
    const __m256i shift = _mm256_add_epi64(right, _mm256_set1_epi64x(31));
    const __m256i half = _mm256_sllv_epi64(_mm256_set1_epi64x(1), _mm256_sub_epi64(shift, _mm256_set1_epi64x(1)));
    const __m256i sign = _mm256_set1_epi64x(static_cast<long long>(1ULL << 63));
    const __m256i product = _mm256_add_epi64(_mm256_mul_epi32(sums, mantissas), half);
    return _mm256_sub_epi64(_mm256_srlv_epi64(_mm256_xor_si256(product, sign), shift), _mm256_srlv_epi64(sign, shift));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_once(Sums sum, Sums mantissa, Sums right) noexcept {
    const __m256i even = scale_half(sum, mantissa, _mm256_and_si256(right, _mm256_set1_epi64x(0xFFFFFFFFLL)));
    const __m256i odd = scale_half(_mm256_srli_epi64(sum, 32), _mm256_srli_epi64(mantissa, 32), _mm256_srli_epi64(right, 32));
    return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
}

// Of a distance from `zero`, half a divisor is added first, away from it.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums divide_rounded(Sums sum, int divisor, int zero) noexcept {
    const Sums distance = subtract(sum, sums_of(zero));
    const Sums positive = _mm256_cmpgt_epi32(distance, sums_of(0));
    const Sums moved = _mm256_blendv_epi8(subtract(distance, sums_of(divisor / 2)), add(distance, sums_of(divisor / 2)), positive);
    return _mm256_cvttps_epi32(_mm256_div_ps(_mm256_cvtepi32_ps(moved), constant(static_cast<float>(divisor))));
}

// Numbers of one scale as those of another, halves away from zero.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums rescale(Sums sum, Vector scale, Vector offset, int zero_point, int lowest, int highest) noexcept {
    const Sums limited = _mm256_min_epi32(maximum(sum, sums_of(lowest - zero_point)), sums_of(highest - zero_point));
    const Vector value = _mm256_add_ps(_mm256_mul_ps(_mm256_cvtepi32_ps(add(limited, sums_of(zero_point))), scale), offset);
    const Sums whole = _mm256_cvttps_epi32(value);
    const Vector rest = _mm256_sub_ps(value, _mm256_cvtepi32_ps(whole));
    const Sums up = _mm256_castps_si256(_mm256_cmp_ps(rest, constant(0.5F), _CMP_GE_OQ));
    const Sums down = _mm256_castps_si256(_mm256_cmp_ps(rest, constant(-0.5F), _CMP_LE_OQ));
    return add(subtract(whole, up), down);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums sum_of_bytes(const std::uint8_t* from, int count) noexcept {
    __m128i sum = _mm_setzero_si128();
    for (; count >= 8; count -= 8, from += 8) sum = _mm_add_epi64(sum, _mm_sad_epu8(load_row(from), _mm_setzero_si128()));
    int rest = _mm_cvtsi128_si32(sum);
    for (; count > 0; --count, ++from) rest += *from;
    return sums_of(rest);
}

template <int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m128i limited_bytes(__m128i low, __m128i high) noexcept {
    if constexpr (zero_point != 0) {
        low = _mm_adds_epi16(low, _mm_set1_epi16(zero_point));
        high = _mm_adds_epi16(high, _mm_set1_epi16(zero_point));
    }
    __m128i bytes = _mm_packus_epi16(low, high);
    if constexpr (lowest > 0) bytes = _mm_max_epu8(bytes, _mm_set1_epi8(static_cast<char>(lowest)));
    if constexpr (highest < 255) bytes = _mm_min_epu8(bytes, _mm_set1_epi8(static_cast<char>(highest)));
    return bytes;
}

// The channels of registers as bytes, in order where those of two or four are dealt out among them by fours: each is more by zero_point,
// and lies from lowest to highest. channels: 0 for all.
template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a) noexcept {
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    const __m128i bytes = limited_bytes<zero_point, lowest, highest>(words, words);
    if constexpr (channels == 0) return _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    const std::int64_t all = _mm_cvtsi128_si64(bytes);
    if constexpr (channels != 0) std::memcpy(to, &all, channels);
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a, Sums b) noexcept {
    const __m256i words = _mm256_packs_epi32(a, b);
    const __m128i bytes = limited_bytes<zero_point, lowest, highest>(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    if constexpr (channels == 0) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    alignas(16) std::uint8_t all[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(all), bytes);
    if constexpr (channels != 0) std::memcpy(to, all, channels);
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a, Sums b, Sums c, Sums d) noexcept {
    __m256i first = _mm256_packs_epi32(a, b), second = _mm256_packs_epi32(c, d);
    if constexpr (zero_point != 0) {
        first = _mm256_adds_epi16(first, _mm256_set1_epi16(zero_point));
        second = _mm256_adds_epi16(second, _mm256_set1_epi16(zero_point));
    }
    __m256i bytes = _mm256_packus_epi16(first, second);
    if constexpr (lowest > 0) bytes = _mm256_max_epu8(bytes, _mm256_set1_epi8(static_cast<char>(lowest)));
    if constexpr (highest < 255) bytes = _mm256_min_epu8(bytes, _mm256_set1_epi8(static_cast<char>(highest)));
    if constexpr (channels == 0) return _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
    alignas(32) std::uint8_t all[32];
    _mm256_store_si256(reinterpret_cast<__m256i*>(all), bytes);
    if constexpr (channels != 0) std::memcpy(to, all, channels);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H
