#pragma once

#include <cstdint>

namespace ssdgen {

/// Maps, rings and the weights of a kernel begin at multiples of so many bytes: a cache line.
inline constexpr std::int64_t alignment = 64;

/// A size in bytes, rounded up to the next multiple.
constexpr std::int64_t aligned(std::int64_t size) { return (size + alignment - 1) / alignment * alignment; }

}  // namespace ssdgen
