
// Whole numbers of 8 bits, and their sums of 32, four channels at a time. Sums are computed as unsigned numbers, which may leave 32 bits on
// their way.
#ifndef SSD_VECTORS_OF_WHOLE_NUMBERS_PORTABLE_H
#define SSD_VECTORS_OF_WHOLE_NUMBERS_PORTABLE_H

#include <algorithm>
#include <cmath>

namespace ssd::kernels::portable {

struct Sums {
    std::uint32_t lanes[4];
};

// The bytes of four channels.
struct Row {
    std::uint8_t bytes[4];
};

// Of each of four terms the numbers of four channels.
struct Inputs {
    std::uint16_t terms[4][4];
};
struct Weights {
    std::int16_t terms[4][4];
};

static inline std::int32_t number_of(std::uint32_t bits) noexcept {
    std::int32_t number = 0;
    std::memcpy(&number, &bits, sizeof(number));
    return number;
}
static inline std::uint32_t bits_of(std::int64_t number) noexcept { return static_cast<std::uint32_t>(number); }

template <class Function>
static inline Sums each_lane(Function function) noexcept {
    Sums result{};
    for (int lane = 0; lane < 4; ++lane) result.lanes[lane] = function(lane);
    return result;
}

[[maybe_unused]] static inline const std::uint8_t* renewed(const std::uint8_t* pointer) noexcept {
    settle();
    return pointer;
}

[[maybe_unused]] static inline Sums keep(Sums v) noexcept { return v; }
[[maybe_unused]] static inline Weights keep(Weights w) noexcept { return w; }

// Four bytes that follow each other, the least significant first, whatever the processor's own order.
[[maybe_unused]] static inline std::uint32_t load_bits(const std::uint8_t* from) noexcept {
    return static_cast<std::uint32_t>(from[0]) | static_cast<std::uint32_t>(from[1]) << 8 | static_cast<std::uint32_t>(from[2]) << 16 |
           static_cast<std::uint32_t>(from[3]) << 24;
}

template <int lanes>
[[maybe_unused]] static inline Sums load_sums_lanes(const std::uint8_t* from) noexcept {
    return each_lane([from](int lane) { return lane < lanes ? load_bits(from + 4 * lane) : 0; });
}
[[maybe_unused]] static inline Sums load_sums(const std::uint8_t* from) noexcept { return load_sums_lanes<4>(from); }
[[maybe_unused]] static inline void store_sums(std::uint8_t* to, Sums v) noexcept {
    for (const std::uint32_t lane : v.lanes) {
        for (int byte = 0; byte < 4; ++byte) *to++ = static_cast<std::uint8_t>(lane >> (8 * byte));
    }
}

template <int lanes>
[[maybe_unused]] static inline Vector load_factors_lanes(const std::uint8_t* from) noexcept {
    float factors[4] = {};
    for (int lane = 0; lane < lanes; ++lane) {
        const std::uint32_t bits = load_bits(from + 4 * lane);
        std::memcpy(factors + lane, &bits, sizeof(bits));
    }
    return load(factors);
}
[[maybe_unused]] static inline Vector load_factors(const std::uint8_t* from) noexcept { return load_factors_lanes<4>(from); }

template <int lanes>
[[maybe_unused]] static inline Weights load_weights_lanes(const std::uint8_t* from) noexcept {
    Weights w{};
    for (int lane = 0; lane < lanes; ++lane) {
        for (int term = 0; term < 4; ++term) {
            const int byte = from[4 * lane + term];
            w.terms[term][lane] = static_cast<std::int16_t>(byte < 128 ? byte : byte - 256);
        }
    }
    return w;
}
[[maybe_unused]] static inline Weights load_weights(const std::uint8_t* from) noexcept { return load_weights_lanes<4>(from); }

template <int lanes>
[[maybe_unused]] static inline Row load_row_lanes(const std::uint8_t* from) noexcept {
    Row row{};
    for (int lane = 0; lane < lanes; ++lane) row.bytes[lane] = from[lane];
    return row;
}
[[maybe_unused]] static inline Row load_row(const std::uint8_t* from) noexcept { return load_row_lanes<4>(from); }
[[maybe_unused]] static inline Row row_of(int byte) noexcept {
    const auto one = static_cast<std::uint8_t>(byte);
    return {{one, one, one, one}};
}

template <int lanes>
[[maybe_unused]] static inline Sums load_numbers_lanes(const std::uint8_t* from) noexcept {
    return each_lane([from](int lane) { return lane < lanes ? from[lane] : std::uint32_t{0}; });
}
[[maybe_unused]] static inline Sums load_numbers(const std::uint8_t* from) noexcept { return load_numbers_lanes<4>(from); }

template <int bytes>
[[maybe_unused]] static inline Inputs broadcast_bytes(const std::uint8_t* from) noexcept {
    Inputs in{};
    for (int term = 0; term < bytes; ++term) {
        for (std::uint16_t& number : in.terms[term]) number = from[term];
    }
    return in;
}
[[maybe_unused]] static inline Inputs broadcast(const std::uint8_t* from) noexcept { return broadcast_bytes<4>(from); }
[[maybe_unused]] static inline Inputs inputs_of(int byte) noexcept {
    const auto one = static_cast<std::uint8_t>(byte);
    const std::uint8_t bytes[4] = {one, one, one, one};
    return broadcast(bytes);
}
[[maybe_unused]] static inline Weights weights_of(int a, int b, int c, int d) noexcept {
    const int numbers[4] = {a, b, c, d};
    Weights w{};
    for (int term = 0; term < 4; ++term) {
        for (std::int16_t& number : w.terms[term]) number = static_cast<std::int16_t>(numbers[term]);
    }
    return w;
}

[[maybe_unused]] static inline Inputs interleave(Row a, Row b, Row c, Row d) noexcept {
    const Row rows[4] = {a, b, c, d};
    Inputs in{};
    for (int term = 0; term < 4; ++term) {
        for (int lane = 0; lane < 4; ++lane) in.terms[term][lane] = rows[term].bytes[lane];
    }
    return in;
}
[[maybe_unused]] static inline Inputs interleave(Row a, Row b, Row c) noexcept { return interleave(a, b, c, {}); }
[[maybe_unused]] static inline Inputs interleave(Row a, Row b) noexcept { return interleave(a, b, {}, {}); }
[[maybe_unused]] static inline Inputs interleave(Row a) noexcept { return interleave(a, {}, {}, {}); }

// The sums of four products each, of unsigned inputs and signed weights.
[[maybe_unused]] static inline Sums multiply_add(Inputs in, Weights w, Sums sum) noexcept {
    for (int term = 0; term < 4; ++term) {
        for (int lane = 0; lane < 4; ++lane) sum.lanes[lane] += static_cast<std::uint32_t>(in.terms[term][lane] * w.terms[term][lane]);
    }
    return sum;
}

[[maybe_unused]] static inline Sums sums_of(int number) noexcept {
    return each_lane([number](int) { return bits_of(number); });
}
[[maybe_unused]] static inline Sums add(Sums a, Sums b) noexcept {
    return each_lane([&](int lane) { return a.lanes[lane] + b.lanes[lane]; });
}
[[maybe_unused]] static inline Sums subtract(Sums a, Sums b) noexcept {
    return each_lane([&](int lane) { return a.lanes[lane] - b.lanes[lane]; });
}
[[maybe_unused]] static inline Sums multiply(Sums a, Sums b) noexcept {
    return each_lane([&](int lane) { return a.lanes[lane] * b.lanes[lane]; });
}
[[maybe_unused]] static inline Sums maximum(Sums a, Sums b) noexcept {
    return each_lane([&](int lane) { return number_of(a.lanes[lane]) < number_of(b.lanes[lane]) ? b.lanes[lane] : a.lanes[lane]; });
}
[[maybe_unused]] static inline Sums minimum(Sums a, Sums b) noexcept {
    return each_lane([&](int lane) { return number_of(a.lanes[lane]) < number_of(b.lanes[lane]) ? a.lanes[lane] : b.lanes[lane]; });
}
[[maybe_unused]] static inline Sums subtract_product(Sums sum, Sums a, Sums b) noexcept { return subtract(sum, multiply(a, b)); }
[[maybe_unused]] static inline Sums shift_left(Sums a, Sums bits) noexcept {
    return each_lane([&](int lane) { return a.lanes[lane] << bits.lanes[lane]; });
}
[[maybe_unused]] static inline Sums shift_left(Sums a, int bits) noexcept { return shift_left(a, sums_of(bits)); }

// number / 2^bits, rounded down; a shift to the right of a negative number is no more than customary before C++20.
static inline std::int64_t floor_shift(std::int64_t number, unsigned bits) noexcept {
    return number < 0 ? ~(~number >> bits) : number >> bits;
}

[[maybe_unused]] static inline Sums round_right(Sums a, int bits) noexcept {
    const std::int64_t half = std::int64_t{1} << (bits - 1);
    return each_lane([&](int lane) { return bits_of(floor_shift(number_of(a.lanes[lane]) + half, static_cast<unsigned>(bits))); });
}

// Halves to even, which std::nearbyint does as long as nobody sets another rounding.
[[maybe_unused]] static inline std::uint32_t scale_lane(std::uint32_t sum, float factor) noexcept {
    const float value = std::nearbyint(static_cast<float>(number_of(sum)) * factor);
    return bits_of(static_cast<std::int32_t>(std::min(std::max(value, -1e9F), 1e9F)));
}
[[maybe_unused]] static inline Sums scale_by_float(Sums sum, Vector factor) noexcept {
    float factors[4];
    store(factors, factor);
    return each_lane([&](int lane) { return scale_lane(sum.lanes[lane], factors[lane]); });
}
[[maybe_unused]] static inline Sums scale_by_large_float(Sums sum, Vector factor) noexcept { return scale_by_float(sum, factor); }

// Two roundings: halves upward, then halves away from zero.
[[maybe_unused]] static inline Sums scale_twice(Sums sum, Sums mantissa, Sums right) noexcept {
    return each_lane([&](int lane) {
        const std::int64_t product = std::int64_t{number_of(sum.lanes[lane])} * number_of(mantissa.lanes[lane]);
        const std::int64_t high = floor_shift(product + (std::int64_t{1} << 30), 31);
        const std::uint32_t bits = right.lanes[lane];
        if (bits == 0) return bits_of(high);
        return bits_of(floor_shift(high + (std::int64_t{1} << (bits - 1)) - (high < 0 ? 1 : 0), bits));
    });
}

// One rounding, halves upward.
[[maybe_unused]] static inline Sums scale_once(Sums sum, Sums mantissa, Sums right) noexcept {
    return each_lane([&](int lane) {
        const std::int64_t product = std::int64_t{number_of(sum.lanes[lane])} * number_of(mantissa.lanes[lane]);
        const std::uint32_t bits = right.lanes[lane];
        return bits_of(floor_shift(product + (std::int64_t{1} << (30 + bits)), 31 + bits));
    });
}

// Of a distance from `zero`, half a divisor is added first, away from it.
[[maybe_unused]] static inline Sums divide_rounded(Sums sum, int divisor, int zero) noexcept {
    return each_lane([&](int lane) {
        const std::int32_t distance = number_of(sum.lanes[lane]) - zero;
        return bits_of((distance > 0 ? distance + divisor / 2 : distance - divisor / 2) / divisor);
    });
}

// Numbers of one scale as those of another, halves away from zero.
[[maybe_unused]] static inline Sums rescale(Sums sum, Vector scale, Vector offset, int zero_point, int lowest, int highest) noexcept {
    float scales[4], offsets[4];
    store(scales, scale);
    store(offsets, offset);
    return each_lane([&](int lane) {
        const std::int64_t number = std::int64_t{number_of(sum.lanes[lane])} + zero_point;
        const float product = static_cast<float>(std::min<std::int64_t>(std::max<std::int64_t>(number, lowest), highest)) * scales[lane];
        return bits_of(static_cast<std::int32_t>(std::round(product + offsets[lane])));
    });
}

[[maybe_unused]] static inline Sums sum_of_bytes(const std::uint8_t* from, int count) noexcept {
    int sum = 0;
    for (int i = 0; i < count; ++i) sum += from[i];
    return sums_of(sum);
}

// The channels of registers as bytes: each is more by zero_point, and lies from lowest to highest. channels: 0 for all.
template <int channels, int zero_point, int lowest, int highest>
[[maybe_unused]] static inline void store_numbers(std::uint8_t* to, Sums a) noexcept {
    for (int lane = 0; lane < (channels == 0 ? 4 : channels); ++lane) {
        const std::int64_t number = std::int64_t{number_of(a.lanes[lane])} + zero_point;
        to[lane] = static_cast<std::uint8_t>(std::min<std::int64_t>(std::max<std::int64_t>(number, lowest), highest));
    }
}
template <int channels, int zero_point, int lowest, int highest>
[[maybe_unused]] static inline void store_numbers(std::uint8_t* to, Sums a, Sums b) noexcept {
    store_numbers<0, zero_point, lowest, highest>(to, a);
    store_numbers<channels == 0 ? 0 : channels - 4, zero_point, lowest, highest>(to + 4, b);
}
template <int channels, int zero_point, int lowest, int highest>
[[maybe_unused]] static inline void store_numbers(std::uint8_t* to, Sums a, Sums b, Sums c, Sums d) noexcept {
    store_numbers<0, zero_point, lowest, highest>(to, a, b);
    store_numbers<channels == 0 ? 0 : channels - 8, zero_point, lowest, highest>(to + 8, c, d);
}

}  // namespace ssd::kernels::portable

#endif  // SSD_VECTORS_OF_WHOLE_NUMBERS_PORTABLE_H
