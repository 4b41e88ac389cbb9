
// Floats from numbers of smaller types, or of theirs, that begin at any byte.
#ifndef SSD_VECTORS_OF_BYTES_PORTABLE_H
#define SSD_VECTORS_OF_BYTES_PORTABLE_H

namespace ssd::kernels::portable {

[[maybe_unused]] static inline const std::uint8_t* renewed(const std::uint8_t* pointer) noexcept {
    settle();
    return pointer;
}

// The upper half of a float.
[[maybe_unused]] static inline float float_of_bf16(std::uint16_t bits) noexcept {
    return float_of_bits(static_cast<std::uint32_t>(bits) << 16);
}

[[maybe_unused]] static inline float float_of_f16(std::uint16_t bits) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16, magnitude = bits & 0x7FFFU;
    if (magnitude < 0x400U) {  // zero and the subnormal numbers: so many times 2^-24
        const float value = static_cast<float>(magnitude) * 0x1p-24F;
        return sign != 0 ? -value : value;
    }
    const std::uint32_t bias = magnitude >= 0x7C00U ? 224 : 112;  // infinities and NaNs have the largest exponent
    return float_of_bits(sign | ((magnitude << 13) + (bias << 23)));
}

template <int lanes>
[[maybe_unused]] static inline Vector load_f32_lanes(const std::uint8_t* from) noexcept {
    float values[4] = {0, 0, 0, 0};
    std::memcpy(values, from, lanes * sizeof(float));
    return load(values);
}

template <int lanes>
[[maybe_unused]] static inline Vector load_bf16_lanes(const std::uint8_t* from) noexcept {
    std::uint16_t halves[4] = {0, 0, 0, 0};
    std::memcpy(halves, from, lanes * sizeof(std::uint16_t));
    return Vector{float_of_bf16(halves[0]), float_of_bf16(halves[1]), float_of_bf16(halves[2]), float_of_bf16(halves[3]), {}};
}

template <int lanes>
[[maybe_unused]] static inline Vector load_f16_lanes(const std::uint8_t* from) noexcept {
    std::uint16_t halves[4] = {0, 0, 0, 0};
    std::memcpy(halves, from, lanes * sizeof(std::uint16_t));
    return Vector{float_of_f16(halves[0]), float_of_f16(halves[1]), float_of_f16(halves[2]), float_of_f16(halves[3]), {}};
}

[[maybe_unused]] static inline Vector load_f32(const std::uint8_t* from) noexcept { return load_f32_lanes<4>(from); }
[[maybe_unused]] static inline Vector load_bf16(const std::uint8_t* from) noexcept { return load_bf16_lanes<4>(from); }
[[maybe_unused]] static inline Vector load_f16(const std::uint8_t* from) noexcept { return load_f16_lanes<4>(from); }

}  // namespace ssd::kernels::portable

#endif  // SSD_VECTORS_OF_BYTES_PORTABLE_H
