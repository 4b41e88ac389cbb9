
// Floats from numbers of smaller types, or of theirs, that begin at any byte.
#ifndef SSD_VECTORS_OF_BYTES_$guard$_H
#define SSD_VECTORS_OF_BYTES_$guard$_H

namespace ssd::kernels::$space$ {

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
const std::uint8_t* renewed(const std::uint8_t* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

// Halves in the lower half of a register. A bf16 is the upper half of a float.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector floats_of_bf16(__m128i halves) noexcept {
    return _mm_castsi128_ps(_mm_slli_epi32(_mm_cvtepu16_epi32(halves), 16));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector floats_of_f16(__m128i halves) noexcept {
    const __m128i bits = _mm_cvtepu16_epi32(halves);
    const __m128i magnitude = _mm_and_si128(bits, _mm_set1_epi32(0x7FFF));
    const __m128i sign = _mm_slli_epi32(_mm_xor_si128(bits, magnitude), 16);
    // The exponent's bias is 112 less; infinities and NaNs have the largest exponent.
    const __m128i special = _mm_and_si128(_mm_cmpgt_epi32(magnitude, _mm_set1_epi32(0x7BFF)), _mm_set1_epi32(112 << 23));
    const __m128i bias = _mm_add_epi32(_mm_set1_epi32(112 << 23), special);
    const __m128 normal = _mm_castsi128_ps(_mm_add_epi32(_mm_slli_epi32(magnitude, 13), bias));
    // Zero and the subnormal numbers: so many times 2^-24.
    const __m128 small = _mm_mul_ps(_mm_cvtepi32_ps(magnitude), _mm_set1_ps(0x1p-24F));
    const __m128 is_small = _mm_castsi128_ps(_mm_cmplt_epi32(magnitude, _mm_set1_epi32(0x400)));
    return _mm_or_ps(_mm_blendv_ps(normal, small, is_small), _mm_castsi128_ps(sign));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m128i load_halves(const std::uint8_t* from) noexcept {
    if constexpr (lanes == 4) return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    std::uint8_t bytes[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    __builtin_memcpy(bytes, from, 2 * lanes);
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f32_lanes(const std::uint8_t* from) noexcept {
    float values[4] = {0, 0, 0, 0};
    __builtin_memcpy(values, from, 4 * lanes);
    return _mm_loadu_ps(values);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bf16_lanes(const std::uint8_t* from) noexcept {
    return floats_of_bf16(load_halves<lanes>(from));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f16_lanes(const std::uint8_t* from) noexcept {
    return floats_of_f16(load_halves<lanes>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f32(const std::uint8_t* from) noexcept {
    return _mm_castsi128_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bf16(const std::uint8_t* from) noexcept {
    return load_bf16_lanes<4>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f16(const std::uint8_t* from) noexcept {
    return load_f16_lanes<4>(from);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_BYTES_$guard$_H
