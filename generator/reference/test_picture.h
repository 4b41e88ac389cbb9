#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// The picture [height][width][channels] that self-tests run on: bytes of a xorshift32 stream (Marsaglia 2003) that
/// starts at 0x9E3779B9; for each byte the state moves on by (13, 17, 5), and its top 8 bits are the byte. Emitted
/// self-tests make the same picture.
std::vector<std::uint8_t> test_picture(const Shape& shape);

}  // namespace ssdgen
