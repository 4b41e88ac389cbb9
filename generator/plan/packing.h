#pragma once

#include "plan/kernel.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

// How the weights of a kernel lie: biases of the accumulator's type, then weights of their own. Sizes are in bytes.

/// Bytes of the weights of a block whose registers hold `width` channels: bias [width], then [terms][width]. Where not
/// all is f32, blocks begin at multiples of a cache line.
std::int64_t block_size(const Signature& signature, int width, std::int64_t terms);

/// Gives the blocks of a convolution their places, one behind the other, and returns the bytes of all. `lanes`: of a
/// register.
std::int64_t place_blocks(std::vector<ChannelBlock>& blocks, const Signature& signature, int lanes, std::int64_t terms);

/// " of bf16": what a description of the weights ends in where not all is f32.
std::string packing_types(const Kernel& kernel);

/// Bytes of a depthwise layer's weights: bias [channels], then [taps][channels], up to a multiple of 4.
std::int64_t depthwise_size(const Signature& signature, int channels, std::int64_t taps);

/// Writes numbers of one type, little-endian, number 0 at the beginning. They are rounded to the nearest of the type,
/// of two to the even one. InternalError for a type of whole numbers.
class NumberWriter {
  public:
    NumberWriter(Element element, std::byte* begin) : element_(element), begin_(begin) {}
    void put(std::int64_t index, float value) const;

  private:
    Element element_;
    std::byte* begin_;
};

}  // namespace ssdgen
