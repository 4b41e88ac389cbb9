#pragma once

#include <cstdint>

namespace ssdgen {

// Far above any network of this kind, and low enough that no int overflows in what follows.
constexpr int largest_side = 16384;                               // of the picture
constexpr int largest_window = 1024;                              // kernel, stride, dilation, padding
constexpr std::int64_t largest_channels = 1 << 20;                // of a map
constexpr std::int64_t largest_elements = std::int64_t{1} << 28;  // of a map, of a layer's weights, of all raw logits

}  // namespace ssdgen
