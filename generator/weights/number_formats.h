#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

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

/// The value of an IEEE 754 binary16, exactly.
float from_half(std::uint16_t bits);

/// The value of a bfloat16: the upper half of a binary32.
float from_bfloat16(std::uint16_t bits);

}  // namespace ssdgen
