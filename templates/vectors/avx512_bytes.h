
// Floats from numbers of smaller types, or of theirs, that begin at any byte.
#ifndef SSD_VECTORS_OF_BYTES_$guard$_H
#define SSD_VECTORS_OF_BYTES_$guard$_H

namespace ssd::kernels::$space$ {

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
const std::uint8_t* renewed(const std::uint8_t* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
__m256i load_halves(const std::uint8_t* from) noexcept {
    if constexpr (lanes == 16) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm256_maskz_loadu_epi16(static_cast<__mmask16>((1U << lanes) - 1), from);
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f32_lanes(const std::uint8_t* from) noexcept {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1U << lanes) - 1), from);
}

// A bf16 is the upper half of a float.
template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bf16_lanes(const std::uint8_t* from) noexcept {
    const __m512i bits = _mm512_maskz_cvtepu16_epi32(0xFFFF, load_halves<lanes>(from));
    return _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xFFFF, bits, 16));
}

template <int lanes>
[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f16_lanes(const std::uint8_t* from) noexcept {
    return _mm512_maskz_cvtph_ps(0xFFFF, load_halves<lanes>(from));
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f32(const std::uint8_t* from) noexcept {
    return _mm512_loadu_ps(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_bf16(const std::uint8_t* from) noexcept {
    return load_bf16_lanes<16>(from);
}

[[gnu::target("$features$"), gnu::always_inline, maybe_unused]] static inline
Vector load_f16(const std::uint8_t* from) noexcept {
    return load_f16_lanes<16>(from);
}

}  // namespace ssd::kernels::$space$

#endif  // SSD_VECTORS_OF_BYTES_$guard$_H
