#pragma once

#include <cstdint>

namespace ssdgen {

/// Maps, rings and the weights of a kernel begin at multiples of so many floats: a cache line.
inline constexpr std::int64_t alignment = 16;

/// A size in floats, rounded up to the next multiple.
constexpr std::int64_t aligned(std::int64_t size) { return (size + alignment - 1) / alignment * alignment; }

/// The floats that so many bytes fill, the last one perhaps in part.
constexpr std::int64_t floats(std::int64_t bytes) { return (bytes + 3) / 4; }

}  // namespace ssdgen
