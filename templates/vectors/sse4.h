// Four floats at a time, in SSE4.1 (x86-64-v2).
#ifndef SSD_VECTORS_$guard$_H
#define SSD_VECTORS_$guard$_H

#if defined(_MSC_VER) && !defined(__clang__)
#error "layers/vectors.h: found MSVC; allowed: GCC or Clang, or networks of the target portable"
#endif

#include <smmintrin.h>

#include <cstdint>

namespace ssd::kernels::$space$ {

using Vector = __m128;

// The same pointer; what was read through it before has to be read again, instead of being kept where there is no register for it.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
const float* renewed(const float* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load(const float* from) noexcept {
    return _mm_loadu_ps(from);
}

// Stays in a register: compilers like to read the memory again for each use.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector keep(Vector v) noexcept {
    asm("" : "+x"(v));
    return v;
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_lanes(const float* from) noexcept {
    if constexpr (lanes == 1) return _mm_load_ss(from);
    const __m128 low = _mm_loadl_pi(_mm_setzero_ps(), reinterpret_cast<const __m64*>(from));
    if constexpr (lanes == 2) return low;
    return _mm_movelh_ps(low, _mm_load_ss(from + 2));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store(float* to, Vector v) noexcept {
    _mm_storeu_ps(to, v);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_lanes(float* to, Vector v) noexcept {
    if constexpr (lanes >= 2) _mm_storel_pi(reinterpret_cast<__m64*>(to), v);
    if constexpr (lanes == 3) _mm_store_ss(to + 2, _mm_movehl_ps(v, v));
    if constexpr (lanes == 1) _mm_store_ss(to, v);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector constant(float value) noexcept {
    return _mm_set1_ps(value);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector broadcast(const float* from) noexcept {
    return _mm_set1_ps(*from);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bytes_lanes(const std::uint8_t* from) noexcept {
    int bytes = 0;
    __builtin_memcpy(&bytes, from, lanes);
    return _mm_cvtepi32_ps(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(bytes)));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bytes(const std::uint8_t* from) noexcept {
    return load_bytes_lanes<4>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector multiply_add(Vector a, Vector b, Vector sum) noexcept {
    return _mm_add_ps(_mm_mul_ps(a, b), sum);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector add(Vector a, Vector b) noexcept {
    return _mm_add_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector subtract(Vector a, Vector b) noexcept {
    return _mm_sub_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector multiply(Vector a, Vector b) noexcept {
    return _mm_mul_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector maximum(Vector a, Vector b) noexcept {
    return _mm_max_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector minimum(Vector a, Vector b) noexcept {
    return _mm_min_ps(a, b);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_$guard$_H
