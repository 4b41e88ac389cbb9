// Sixteen floats at a time, in AVX-512 (x86-64-v4). Where a full mask stands, it costs nothing: GCC 12 warns of an
// uninitialised value within the forms without one.
#ifndef SSD_VECTORS_$guard$_H
#define SSD_VECTORS_$guard$_H

#if defined(_MSC_VER) && !defined(__clang__)
#error "layers/vectors.h: found MSVC; allowed: GCC or Clang, or networks of the target portable"
#endif

#include <immintrin.h>

#include <cstdint>

namespace ssd::kernels::$space$ {

using Vector = __m512;

// The same pointer; what was read through it before has to be read again, instead of being kept where there is no register for it.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
const float* renewed(const float* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load(const float* from) noexcept {
    return _mm512_loadu_ps(from);
}

// Stays in a register: compilers like to read the memory again for each use.
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector keep(Vector v) noexcept {
    asm("" : "+v"(v));
    return v;
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_lanes(const float* from) noexcept {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << lanes) - 1), from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store(float* to, Vector v) noexcept {
    _mm512_storeu_ps(to, v);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
void store_lanes(float* to, Vector v) noexcept {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1U << lanes) - 1), v);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector constant(float value) noexcept {
    return _mm512_set1_ps(value);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector broadcast(const float* from) noexcept {
    return _mm512_set1_ps(*from);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bytes_lanes(const std::uint8_t* from) noexcept {
    const __m128i bytes = _mm_maskz_loadu_epi8(static_cast<__mmask16>((1U << lanes) - 1), from);
    return _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_maskz_cvtepu8_epi32(0xFFFF, bytes));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bytes(const std::uint8_t* from) noexcept {
    return _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_maskz_cvtepu8_epi32(0xFFFF, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector multiply_add(Vector a, Vector b, Vector sum) noexcept {
    return _mm512_fmadd_ps(a, b, sum);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector add(Vector a, Vector b) noexcept {
    return _mm512_add_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector subtract(Vector a, Vector b) noexcept {
    return _mm512_sub_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector multiply(Vector a, Vector b) noexcept {
    return _mm512_mul_ps(a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector maximum(Vector a, Vector b) noexcept {
    return _mm512_maskz_max_ps(0xFFFF, a, b);
}
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector minimum(Vector a, Vector b) noexcept {
    return _mm512_maskz_min_ps(0xFFFF, a, b);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_$guard$_H
