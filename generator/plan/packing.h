#pragma once

#include "plan/kernel.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

// How the weights of a kernel lie: biases of the accumulator's type, then weights of their own. Sizes are in bytes.

/// Rows of numbers of 4 bytes that stand before the weights of a block, one number a channel. Of real numbers: the
/// biases. Of whole ones: biases, which the zero points are worked into; the factor of the sum, as float, or as
/// mantissa, what it is shifted to the right by, and if some shift left what they do; then, with offsets_weights, the
/// zero points of the weights.
int header_rows(const Kernel& kernel);

/// What stands there, in words. of: what each row has as many numbers as.
std::string header_words(const Kernel& kernel, const std::string& of);

/// Terms that weights lie there for. Whole numbers are multiplied four at a time: the terms of each tap fill up fours,
/// of the picture those of each row.
constexpr int terms_at_once = 4;
std::int64_t stored_terms(const Window& window, const Kernel& kernel);

/// Bytes of the weights of a block whose registers hold `width` channels: the header, then [terms][width], of whole
/// numbers [terms / 4][width][4]. Where not all is f32, blocks begin at multiples of a cache line.
std::int64_t block_size(const Kernel& kernel, int width, std::int64_t terms);

/// Gives the blocks of a convolution their places, one behind the other, and returns the bytes of all. `lanes`: of a
/// register.
std::int64_t place_blocks(std::vector<ChannelBlock>& blocks, const Kernel& kernel, int lanes, std::int64_t terms);

/// " of bf16": what a description of the weights ends in where not all is f32.
std::string packing_types(const Kernel& kernel);

/// Bytes of a depthwise layer's weights: the header [channels], then [taps][channels], up to a multiple of 4. Of whole
/// numbers: for each column of the window and each four of its rows [channels][4].
std::int64_t depthwise_size(const Kernel& kernel, const Window& window);

/// Which of a block's channels the numbers of a register's lane are of, where whole numbers become bytes: registers are
/// narrowed in fours, then in twos, the last alone, within 16 bytes each, so that bytes are in order. slot: of all the
/// lanes of the block's registers.
int channel_of_slot(int vectors, int lanes, int slot);

/// Registers that are narrowed together: 4, 2 or 1 from a register of a block on.
int narrowed_together(int vectors, int first);

/// Channels that a kernel which goes channel by channel computes together: those of one, two or four registers, or
/// fewer than one has; `count` such groups stand one behind the other from channel `first` on.
struct ChannelGroup {
    int first, registers, channels, count;
};

/// The groups of all channels. lanes: of a register; most: registers of a group.
std::vector<ChannelGroup> channel_groups(int channels, int lanes, int most);

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
