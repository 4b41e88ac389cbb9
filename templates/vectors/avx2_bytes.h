
// Floats from numbers of smaller types, or of theirs, that begin at any byte; in F16C besides (a part of x86-64-v3).
#ifndef SSD_VECTORS_OF_BYTES_$guard$_H
#define SSD_VECTORS_OF_BYTES_$guard$_H

namespace ssd::kernels::$space$ {

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
const std::uint8_t* renewed(const std::uint8_t* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline __m128i load_halves(const std::uint8_t* from) noexcept {
    if constexpr (lanes == 8) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    std::uint8_t bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    __builtin_memcpy(bytes, from, 2 * lanes);
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_f32_lanes(const std::uint8_t* from) noexcept {
    const __m256i mask = _mm256_setr_epi32(lanes > 0 ? -1 : 0, lanes > 1 ? -1 : 0, lanes > 2 ? -1 : 0, lanes > 3 ? -1 : 0,
                                           lanes > 4 ? -1 : 0, lanes > 5 ? -1 : 0, lanes > 6 ? -1 : 0, 0);
    return _mm256_castsi256_ps(_mm256_maskload_epi32(reinterpret_cast<const int*>(from), mask));
}

// A bf16 is the upper half of a float.
template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_bf16_lanes(const std::uint8_t* from) noexcept {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(load_halves<lanes>(from)), 16));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_f16_lanes(const std::uint8_t* from) noexcept {
    return _mm256_cvtph_ps(load_halves<lanes>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_f32(const std::uint8_t* from) noexcept {
    return _mm256_castsi256_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_bf16(const std::uint8_t* from) noexcept {
    return load_bf16_lanes<8>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_f16(const std::uint8_t* from) noexcept {
    return load_f16_lanes<8>(from);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_BYTES_$guard$_H
