
// Whole numbers of 8 bits, and their sums of 32.
#ifndef SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H
#define SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H

#include <cstring>

namespace ssd::kernels::$space$ {

// Four numbers of 32 bits.
using Sums = __m128i;

// The bytes of four channels, the lowest first.
using Row = __m128i;

// Of each four bytes the first and third, and the second and fourth, as numbers of 16 bits.
struct Inputs {
    __m128i even, odd;
};
struct Weights {
    __m128i even, odd;
};

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
Weights keep(Weights w) noexcept {
    asm("" : "+x"(w.even), "+x"(w.odd));
    return w;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs inputs_from(__m128i bytes) noexcept {
    return {_mm_and_si128(bytes, _mm_set1_epi16(0xFF)), _mm_srli_epi16(bytes, 8)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_from(__m128i bytes) noexcept {
    return {_mm_srai_epi16(_mm_slli_epi16(bytes, 8), 8), _mm_srai_epi16(bytes, 8)};
}

// The sums of four products each, of unsigned inputs and signed weights, as pairs of 16 bits.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply_add(Inputs in, Weights w, Sums sum) noexcept {
    sum = _mm_add_epi32(sum, _mm_madd_epi16(in.even, w.even));
    sum = _mm_add_epi32(sum, _mm_madd_epi16(in.odd, w.odd));
    asm("" : "+x"(sum));
    return sum;
}

// The byte of each channel in such a place of its four, the others zero.
template <int position>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m128i spread(Row row) noexcept {
    return _mm_slli_epi32(_mm_cvtepu8_epi32(row), 8 * position);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c, Row d) noexcept {
    return {_mm_or_si128(spread<0>(a), spread<2>(c)), _mm_or_si128(spread<0>(b), spread<2>(d))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b, Row c) noexcept {
    return {_mm_or_si128(spread<0>(a), spread<2>(c)), spread<0>(b)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a, Row b) noexcept {
    return {spread<0>(a), spread<0>(b)};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs interleave(Row a) noexcept {
    return {spread<0>(a), _mm_setzero_si128()};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_sums(const std::uint8_t* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_sums(std::uint8_t* to, Sums v) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_sums_lanes(const std::uint8_t* from) noexcept {
    alignas(16) std::int32_t numbers[4] = {};
    std::memcpy(numbers, from, lanes * sizeof(std::int32_t));
    return _mm_load_si128(reinterpret_cast<const __m128i*>(numbers));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_factors(const std::uint8_t* from) noexcept {
    return _mm_castsi128_ps(load_sums(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_factors_lanes(const std::uint8_t* from) noexcept {
    return _mm_castsi128_ps(load_sums_lanes<lanes>(from));
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

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row load_row_lanes(const std::uint8_t* from) noexcept {
    int bytes = 0;
    std::memcpy(&bytes, from, lanes);
    return _mm_cvtsi32_si128(bytes);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row load_row(const std::uint8_t* from) noexcept {
    return load_row_lanes<4>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_numbers(const std::uint8_t* from) noexcept {
    return _mm_cvtepu8_epi32(load_row(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums load_numbers_lanes(const std::uint8_t* from) noexcept {
    return _mm_cvtepu8_epi32(load_row_lanes<lanes>(from));
}

template <int bytes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs broadcast_bytes(const std::uint8_t* from) noexcept {
    int four = 0;
    std::memcpy(&four, from, bytes);
    return inputs_from(_mm_set1_epi32(four));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs broadcast(const std::uint8_t* from) noexcept {
    return broadcast_bytes<4>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Inputs inputs_of(int byte) noexcept {
    return inputs_from(_mm_set1_epi8(static_cast<char>(byte)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Weights weights_of(int a, int b, int c, int d) noexcept {
    const unsigned four = static_cast<unsigned>(a & 255) | static_cast<unsigned>(b & 255) << 8 | static_cast<unsigned>(c & 255) << 16 |
                          static_cast<unsigned>(d & 255) << 24;
    return weights_from(_mm_set1_epi32(static_cast<int>(four)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Row row_of(int byte) noexcept {
    return _mm_set1_epi8(static_cast<char>(byte));
}

// The bytes of the channels of two registers, and of four.
using PairRow = __m128i;
using QuadRow = __m128i;

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairRow load_pair_row(const std::uint8_t* from) noexcept {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadRow load_quad_row(const std::uint8_t* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
PairRow pair_row_of(int byte) noexcept {
    return _mm_set1_epi8(static_cast<char>(byte));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadRow quad_row_of(int byte) noexcept {
    return _mm_set1_epi8(static_cast<char>(byte));
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
    const __m128i ab = _mm_or_si128(_mm_cvtepu8_epi16(a), _mm_slli_epi16(_mm_cvtepu8_epi16(b), 8));
    const __m128i cd = _mm_or_si128(_mm_cvtepu8_epi16(c), _mm_slli_epi16(_mm_cvtepu8_epi16(d), 8));
    return {inputs_from(_mm_unpacklo_epi16(ab, cd)), inputs_from(_mm_unpackhi_epi16(ab, cd))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
QuadInputs interleave_quad(QuadRow a, QuadRow b = quad_row_of(0), QuadRow c = quad_row_of(0), QuadRow d = quad_row_of(0)) noexcept {
    const __m128i low_ab = _mm_unpacklo_epi8(a, b), high_ab = _mm_unpackhi_epi8(a, b);
    const __m128i low_cd = _mm_unpacklo_epi8(c, d), high_cd = _mm_unpackhi_epi8(c, d);
    return {inputs_from(_mm_unpacklo_epi16(low_ab, low_cd)), inputs_from(_mm_unpackhi_epi16(low_ab, low_cd)),
            inputs_from(_mm_unpacklo_epi16(high_ab, high_cd)), inputs_from(_mm_unpackhi_epi16(high_ab, high_cd))};
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums sums_of(int number) noexcept {
    return _mm_set1_epi32(number);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums add(Sums a, Sums b) noexcept {
    return _mm_add_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums subtract(Sums a, Sums b) noexcept {
    return _mm_sub_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums multiply(Sums a, Sums b) noexcept {
    return _mm_mullo_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums maximum(Sums a, Sums b) noexcept {
    return _mm_max_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums minimum(Sums a, Sums b) noexcept {
    return _mm_min_epi32(a, b);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums subtract_product(Sums sum, Sums a, Sums b) noexcept {
    return subtract(sum, multiply(a, b));
}

// A shift of each lane for itself, which the processor lacks.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_left(Sums a, Sums bits) noexcept {
    const Sums power = _mm_cvttps_epi32(_mm_castsi128_ps(_mm_slli_epi32(add(bits, sums_of(127)), 23)));  // 2^31 becomes itself
    return multiply(a, power);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_left(Sums a, int bits) noexcept {
    return _mm_slli_epi32(a, bits);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums shift_right(Sums a, Sums bits) noexcept {
    const auto one = [a](__m128i count) { return _mm_sra_epi32(a, count); };
    const Sums first = one(_mm_cvtsi32_si128(_mm_cvtsi128_si32(bits))), second = one(_mm_cvtsi32_si128(_mm_extract_epi32(bits, 1)));
    const Sums third = one(_mm_cvtsi32_si128(_mm_extract_epi32(bits, 2))), fourth = one(_mm_cvtsi32_si128(_mm_extract_epi32(bits, 3)));
    return _mm_blend_epi16(_mm_blend_epi16(first, second, 0x0C), _mm_blend_epi16(third, fourth, 0xC0), 0xF0);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums round_right(Sums a, int bits) noexcept {
    return _mm_srai_epi32(add(a, sums_of(1 << (bits - 1))), bits);
}

// Halves to even.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_by_float(Sums sum, Vector factor) noexcept {
    return _mm_cvtps_epi32(_mm_mul_ps(_mm_cvtepi32_ps(sum), factor));
}

// The same where products may leave 32 bits.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_by_large_float(Sums sum, Vector factor) noexcept {
    return _mm_cvtps_epi32(minimum(_mm_mul_ps(_mm_cvtepi32_ps(sum), factor), constant(1e9F)));
}

// (a * b + 2^30) / 2^31, rounded down: in 64 bits, the lanes of even number and the others.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums high_product(Sums a, Sums b) noexcept {
    const __m128i half = _mm_set1_epi64x(1LL << 30);
    const __m128i even = _mm_add_epi64(_mm_mul_epi32(a, b), half);
    const __m128i odd = _mm_add_epi64(_mm_mul_epi32(_mm_srli_epi64(a, 32), _mm_srli_epi64(b, 32)), half);
    return _mm_blend_epi16(_mm_srli_epi64(even, 31), _mm_slli_epi64(odd, 1), 0xCC);
}

// Two roundings: the second to nearest, halves away from zero.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_twice(Sums sum, Sums mantissa, Sums right) noexcept {
    const Sums product = high_product(sum, mantissa);
    const Sums mask = subtract(shift_left(sums_of(1), right), sums_of(1));
    const Sums rest = _mm_and_si128(product, mask);
    const Sums half = add(_mm_srli_epi32(mask, 1), _mm_srli_epi32(product, 31));
    return subtract(shift_right(product, right), _mm_cmpgt_epi32(rest, half));
}

// One rounding, halves upward: a lane after the other, as the processor has no such shifts.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums scale_once(Sums sum, Sums mantissa, Sums right) noexcept {
    alignas(16) std::int32_t sums[4], mantissas[4], rights[4];
    _mm_store_si128(reinterpret_cast<__m128i*>(sums), sum);
    _mm_store_si128(reinterpret_cast<__m128i*>(mantissas), mantissa);
    _mm_store_si128(reinterpret_cast<__m128i*>(rights), right);
    for (int lane = 0; lane < 4; ++lane) {
        const std::int64_t product = std::int64_t{sums[lane]} * mantissas[lane] + (std::int64_t{1} << (30 + rights[lane]));
        sums[lane] = static_cast<std::int32_t>(product >> (31 + rights[lane]));
    }
    return _mm_load_si128(reinterpret_cast<const __m128i*>(sums));
}

// Of a distance from `zero`, half a divisor is added first, away from it.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums divide_rounded(Sums sum, int divisor, int zero) noexcept {
    const Sums distance = subtract(sum, sums_of(zero));
    const Sums positive = _mm_cmpgt_epi32(distance, sums_of(0));
    const Sums moved = _mm_blendv_epi8(subtract(distance, sums_of(divisor / 2)), add(distance, sums_of(divisor / 2)), positive);
    return _mm_cvttps_epi32(_mm_div_ps(_mm_cvtepi32_ps(moved), constant(static_cast<float>(divisor))));
}

// Numbers of one scale as those of another, halves away from zero.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums rescale(Sums sum, Vector scale, Vector offset, int zero_point, int lowest, int highest) noexcept {
    const Sums limited = _mm_min_epi32(maximum(sum, sums_of(lowest - zero_point)), sums_of(highest - zero_point));
    const Vector value = _mm_add_ps(_mm_mul_ps(_mm_cvtepi32_ps(add(limited, sums_of(zero_point))), scale), offset);
    const Sums whole = _mm_cvttps_epi32(value);
    const Vector rest = _mm_sub_ps(value, _mm_cvtepi32_ps(whole));
    const Sums up = _mm_castps_si128(_mm_cmpge_ps(rest, constant(0.5F))), down = _mm_castps_si128(_mm_cmple_ps(rest, constant(-0.5F)));
    return add(subtract(whole, up), down);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Sums sum_of_bytes(const std::uint8_t* from, int count) noexcept {
    __m128i sum = _mm_setzero_si128();
    for (; count >= 8; count -= 8, from += 8) {
        sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)), _mm_setzero_si128()));
    }
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
template <int channels>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_bytes(std::uint8_t* to, __m128i bytes) noexcept {
    if constexpr (channels == 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    alignas(16) std::uint8_t all[16];
    _mm_store_si128(reinterpret_cast<__m128i*>(all), bytes);
    if constexpr (channels != 16) std::memcpy(to, all, channels);
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a) noexcept {
    const __m128i words = _mm_packs_epi32(a, a);
    store_bytes<channels == 0 ? 4 : channels>(to, limited_bytes<zero_point, lowest, highest>(words, words));
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a, Sums b) noexcept {
    const __m128i words = _mm_packs_epi32(a, b);
    store_bytes<channels == 0 ? 8 : channels>(to, limited_bytes<zero_point, lowest, highest>(words, words));
}

template <int channels, int zero_point, int lowest, int highest>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_numbers(std::uint8_t* to, Sums a, Sums b, Sums c, Sums d) noexcept {
    const __m128i bytes = limited_bytes<zero_point, lowest, highest>(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
    store_bytes<channels == 0 ? 16 : channels>(to, bytes);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_WHOLE_NUMBERS_$guard$_H
