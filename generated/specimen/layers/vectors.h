// Four floats at a time, in standard C++: no type, function or attribute of a compiler's own.
#ifndef SSD_VECTORS_PORTABLE_H
#define SSD_VECTORS_PORTABLE_H

#include <atomic>
#include <cstdint>
#include <cstring>

namespace ssd::kernels::portable {

// Compilers put the four side by side into one register where the processor has such: as members, which every operation treats alike,
// they find them sooner than in an array. The fifth holds nothing. It makes the struct larger than the 16 bytes that x86-64 passes in
// two registers, whose halves Clang would compute with apart.
struct Vector {
    float a, b, c, d;
    float none[1];
};

// What was read before is not read again: it stays in a register. Nor is a loop with it in its body taken for one whose rounds could be
// computed side by side. It costs no instruction.
static inline void settle() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

// The same pointer; what was read through it before has to be read again, instead of being kept where there is no register for it.
[[maybe_unused]] static inline const float* renewed(const float* pointer) noexcept {
    settle();
    return pointer;
}

[[maybe_unused]] static inline Vector load(const float* from) noexcept { return {from[0], from[1], from[2], from[3], {}}; }

// The value stays in a register.
[[maybe_unused]] static inline Vector keep(Vector v) noexcept {
    settle();
    return v;
}

template <int lanes>
[[maybe_unused]] static inline Vector load_lanes(const float* from) noexcept {
    return {from[0], lanes > 1 ? from[1] : 0, lanes > 2 ? from[2] : 0, lanes > 3 ? from[3] : 0, {}};
}

[[maybe_unused]] static inline void store(float* to, Vector v) noexcept {
    to[0] = v.a;
    to[1] = v.b;
    to[2] = v.c;
    to[3] = v.d;
}

template <int lanes>
[[maybe_unused]] static inline void store_lanes(float* to, Vector v) noexcept {
    to[0] = v.a;
    if (lanes > 1) to[1] = v.b;
    if (lanes > 2) to[2] = v.c;
    if (lanes > 3) to[3] = v.d;
}

[[maybe_unused]] static inline Vector constant(float value) noexcept { return {value, value, value, value, {}}; }

[[maybe_unused]] static inline Vector broadcast(const float* from) noexcept {
    const float value = *from;
    settle();
    return constant(value);
}

template <int lanes>
[[maybe_unused]] static inline Vector load_bytes_lanes(const std::uint8_t* from) noexcept {
    return {static_cast<float>(from[0]), lanes > 1 ? static_cast<float>(from[1]) : 0, lanes > 2 ? static_cast<float>(from[2]) : 0,
            lanes > 3 ? static_cast<float>(from[3]) : 0, {}};
}

[[maybe_unused]] static inline Vector load_bytes(const std::uint8_t* from) noexcept { return load_bytes_lanes<4>(from); }

[[maybe_unused]] static inline Vector multiply_add(Vector a, Vector b, Vector sum) noexcept {
    return {a.a * b.a + sum.a, a.b * b.b + sum.b, a.c * b.c + sum.c, a.d * b.d + sum.d, {}};
}
[[maybe_unused]] static inline Vector add(Vector a, Vector b) noexcept { return {a.a + b.a, a.b + b.b, a.c + b.c, a.d + b.d, {}}; }
[[maybe_unused]] static inline Vector subtract(Vector a, Vector b) noexcept { return {a.a - b.a, a.b - b.b, a.c - b.c, a.d - b.d, {}}; }
[[maybe_unused]] static inline Vector multiply(Vector a, Vector b) noexcept { return {a.a * b.a, a.b * b.b, a.c * b.c, a.d * b.d, {}}; }

[[maybe_unused]] static inline std::uint32_t bits_of_float(float value) noexcept {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

[[maybe_unused]] static inline float float_of_bits(std::uint32_t bits) noexcept {
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

// wanted ? a : b, without a branch, which GCC would leave for each of the four.
[[maybe_unused]] static inline float choose(bool wanted, float a, float b) noexcept {
    const std::uint32_t mask = 0U - static_cast<std::uint32_t>(wanted);
    return float_of_bits((bits_of_float(a) & mask) | (bits_of_float(b) & ~mask));
}

[[maybe_unused]] static inline Vector maximum(Vector a, Vector b) noexcept {
    return {choose(a.a > b.a, a.a, b.a), choose(a.b > b.b, a.b, b.b), choose(a.c > b.c, a.c, b.c), choose(a.d > b.d, a.d, b.d), {}};
}
[[maybe_unused]] static inline Vector minimum(Vector a, Vector b) noexcept {
    return {choose(a.a < b.a, a.a, b.a), choose(a.b < b.b, a.b, b.b), choose(a.c < b.c, a.c, b.c), choose(a.d < b.d, a.d, b.d), {}};
}

}  // namespace ssd::kernels::portable

#endif  // SSD_VECTORS_PORTABLE_H
