#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ssdgen {

/// The little-endian T that begins at the byte offset; the view holds it.
template <class T>
T load_little_endian(std::string_view bytes, std::size_t offset) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
    T value;
    if constexpr (sizeof(T) == 8) {
        std::memcpy(&value, &bits, 8);
    } else if constexpr (sizeof(T) == 4) {
        const auto narrow = static_cast<std::uint32_t>(bits);
        std::memcpy(&value, &narrow, 4);
    } else if constexpr (sizeof(T) == 2) {
        const auto narrow = static_cast<std::uint16_t>(bits);
        std::memcpy(&value, &narrow, 2);
    } else {
        const auto narrow = static_cast<std::uint8_t>(bits);
        std::memcpy(&value, &narrow, 1);
    }
    return value;
}

/// As many numbers as there is room for, from the first byte on.
template <class T>
void load_little_endian(std::string_view bytes, std::vector<T>& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = load_little_endian<T>(bytes, sizeof(T) * i);
}

/// Appends the bytes of a number, the least significant one first.
template <class T>
void append_little_endian(std::string& bytes, T number) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::conditional_t<sizeof(T) == 8, std::uint64_t,
                       std::conditional_t<sizeof(T) == 4, std::uint32_t,
                                          std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>
        bits;
    static_assert(sizeof bits == sizeof number);
    std::memcpy(&bits, &number, sizeof bits);
    for (std::size_t i = 0; i < sizeof bits; ++i)
        bytes.push_back(static_cast<char>((static_cast<std::uint64_t>(bits) >> (8 * i)) & 0xFFU));
}

/// The value of an IEEE 754 binary16, exactly.
float from_half(std::uint16_t bits);

/// The value of a bfloat16: the upper half of a binary32.
float from_bfloat16(std::uint16_t bits);

/// The bits of a binary32.
std::uint32_t to_bits(float value);

/// The nearest of them, of two the even one; infinity from beyond the largest.
std::uint16_t to_half(float value);
std::uint16_t to_bfloat16(float value);

}  // namespace ssdgen
