#pragma once

#include <cstdint>
#include <string_view>

namespace ssdgen {

/// FNV-1a over bytes. (The hash of weights, over words, is the runtime's: ssd::hash_words.)
inline std::uint64_t hash_bytes(std::string_view bytes) {
    std::uint64_t hash = 14695981039346656037U;
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211U;
    return hash;
}

}  // namespace ssdgen
