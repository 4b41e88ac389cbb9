#include "compiler.h"
#ifndef SSD_WEIGHTS_H
#define SSD_WEIGHTS_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ssd { inline namespace v2 {

/// A weights file: this header of 64 bytes, then the floats, all little-endian.
struct WeightsHeader {
    char magic[8];               // "SSDGENW1"; the digit is the version
    std::uint64_t weights_bytes;
    std::uint64_t layout;        // the kernels that it was packed for
    std::uint64_t hash;          // of the floats
    char unused[32];
};
static_assert(sizeof(WeightsHeader) == 64, "as the generator writes it");

/// FNV-1a over 32-bit words (count of them).
inline std::uint64_t hash_words(const void* data, std::size_t count) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    std::uint64_t hash = 14695981039346656037U;
    for (std::size_t word = 0; word < count; ++word) {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes + 4 * word, 4);
        hash = (hash ^ value) * 1099511628211U;
    }
    return hash;
}

/// nullptr if the bytes are a weights file for a network whose weights have this size and layout; otherwise what is wrong.
inline const char* check_weights(const void* file, std::size_t size, std::size_t weights_bytes,
                                 std::uint64_t layout) noexcept {
    WeightsHeader header{};
    if (file == nullptr || size < sizeof header) return "the weights file is shorter than its header";
    if (reinterpret_cast<std::uintptr_t>(file) % alignof(float) != 0) return "the weights file is not aligned to 4 bytes";
    std::memcpy(&header, file, sizeof header);
    if (std::memcmp(header.magic, "SSDGENW", 7) != 0) return "this is no weights file";
    if (header.magic[7] != '1') return "the weights file has another version";
    if (header.layout != layout) return "the weights file was made for another network or target";
    if (header.weights_bytes != weights_bytes || size != sizeof header + weights_bytes)
        return "the weights file has the wrong size";
    if (header.hash != hash_words(static_cast<const char*>(file) + sizeof header, weights_bytes / 4))
        return "the weights file is damaged: its hash differs";
    return nullptr;
}

}}  // namespace ssd::v2
#endif  // SSD_WEIGHTS_H
