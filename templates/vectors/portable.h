// Four floats at a time, in the vector extensions that GCC and Clang have for every processor.
#ifndef SSD_VECTORS_PORTABLE_H
#define SSD_VECTORS_PORTABLE_H

#include <cstdint>

namespace ssd::kernels::portable {

typedef float Vector __attribute__((vector_size(16)));

// The same pointer; what was read through it before has to be read again, instead of being kept where there is no register for it.
[[gnu::always_inline, maybe_unused]] static inline const float* renewed(const float* pointer) noexcept {
    asm("" : "+r"(pointer));
    return pointer;
}

[[gnu::always_inline, maybe_unused]] static inline Vector load(const float* from) noexcept {
    Vector v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}

// Where a compiler can be told so, the value stays in a register.
[[gnu::always_inline, maybe_unused]] static inline Vector keep(Vector v) noexcept { return v; }

template <int lanes>
[[gnu::always_inline, maybe_unused]] static inline Vector load_lanes(const float* from) noexcept {
    Vector v = {0, 0, 0, 0};
    __builtin_memcpy(&v, from, lanes * sizeof(float));
    return v;
}

[[gnu::always_inline, maybe_unused]] static inline void store(float* to, Vector v) noexcept { __builtin_memcpy(to, &v, sizeof v); }

template <int lanes>
[[gnu::always_inline, maybe_unused]] static inline void store_lanes(float* to, Vector v) noexcept {
    __builtin_memcpy(to, &v, lanes * sizeof(float));
}

[[gnu::always_inline, maybe_unused]] static inline Vector constant(float value) noexcept { return Vector{value, value, value, value}; }

[[gnu::always_inline, maybe_unused]] static inline Vector broadcast(const float* from) noexcept { return constant(*from); }

template <int lanes>
[[gnu::always_inline, maybe_unused]] static inline Vector load_bytes_lanes(const std::uint8_t* from) noexcept {
    float values[4] = {0, 0, 0, 0};
    for (int lane = 0; lane < lanes; ++lane) values[lane] = static_cast<float>(from[lane]);
    return load(values);
}

[[gnu::always_inline, maybe_unused]] static inline Vector load_bytes(const std::uint8_t* from) noexcept { return load_bytes_lanes<4>(from); }

[[gnu::always_inline, maybe_unused]] static inline Vector multiply_add(Vector a, Vector b, Vector sum) noexcept { return a * b + sum; }
[[gnu::always_inline, maybe_unused]] static inline Vector add(Vector a, Vector b) noexcept { return a + b; }
[[gnu::always_inline, maybe_unused]] static inline Vector subtract(Vector a, Vector b) noexcept { return a - b; }
[[gnu::always_inline, maybe_unused]] static inline Vector multiply(Vector a, Vector b) noexcept { return a * b; }
[[gnu::always_inline, maybe_unused]] static inline Vector maximum(Vector a, Vector b) noexcept { return a > b ? a : b; }
[[gnu::always_inline, maybe_unused]] static inline Vector minimum(Vector a, Vector b) noexcept { return a < b ? a : b; }

}  // namespace ssd::kernels::portable

#endif  // SSD_VECTORS_PORTABLE_H
