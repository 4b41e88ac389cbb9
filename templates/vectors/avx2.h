// Eight floats at a time, in AVX2 and FMA (x86-64-v3).
#ifndef SSD_VECTORS_$guard$_H
#define SSD_VECTORS_$guard$_H

#if defined(_MSC_VER) && !defined(__clang__)
#error "layers/vectors.h: found MSVC; allowed: GCC or Clang, or networks of the target portable"
#endif

#include <immintrin.h>

#include <cstdint>

namespace ssd::kernels::$space$ {

using Vector = __m256;

// The same pointer; what was read through it before has to be read again, instead of being kept where there is no register for it.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline const float* renewed(const float* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load(const float* from) noexcept {
    return _mm256_loadu_ps(from);
}

// Stays in a register: compilers like to read the memory again for each use.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector keep(Vector v) noexcept {
    asm("" : "+x"(v));
    return v;
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_lanes(const float* from) noexcept {
    const __m256i mask = _mm256_setr_epi32(lanes > 0 ? -1 : 0, lanes > 1 ? -1 : 0, lanes > 2 ? -1 : 0, lanes > 3 ? -1 : 0,
                                           lanes > 4 ? -1 : 0, lanes > 5 ? -1 : 0, lanes > 6 ? -1 : 0, 0);
    return _mm256_maskload_ps(from, mask);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline void store(float* to, Vector v) noexcept {
    _mm256_storeu_ps(to, v);
}

// In pieces of 4, 2 and 1: a masked store costs more on some processors.
template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline void store_lanes(float* to, Vector v) noexcept {
    __m128 part = _mm256_castps256_ps128(v);
    if constexpr ((lanes & 4) != 0) {
        _mm_storeu_ps(to, part);
        part = _mm256_extractf128_ps(v, 1);
    }
    if constexpr ((lanes & 2) != 0) {
        _mm_storel_pi(reinterpret_cast<__m64*>(to + (lanes & 4)), part);
        part = _mm_movehl_ps(part, part);
    }
    if constexpr ((lanes & 1) != 0) _mm_store_ss(to + (lanes & 6), part);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector constant(float value) noexcept {
    return _mm256_set1_ps(value);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector broadcast(const float* from) noexcept {
    return _mm256_broadcast_ss(from);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_bytes_lanes(const std::uint8_t* from) noexcept {
    std::uint8_t bytes[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    __builtin_memcpy(bytes, from, lanes);
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes))));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector load_bytes(const std::uint8_t* from) noexcept {
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector multiply_add(Vector a, Vector b, Vector sum) noexcept {
    return _mm256_fmadd_ps(a, b, sum);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector add(Vector a, Vector b) noexcept {
    return _mm256_add_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector subtract(Vector a, Vector b) noexcept {
    return _mm256_sub_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector multiply(Vector a, Vector b) noexcept {
    return _mm256_mul_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector maximum(Vector a, Vector b) noexcept {
    return _mm256_max_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline Vector minimum(Vector a, Vector b) noexcept {
    return _mm256_min_ps(a, b);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_$guard$_H
