#pragma once

#include "plan/kernel.h"
#include "plan/kernels/maker.h"
#include "target/target.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

// What the three kinds of convolutions have in common: blocks of channels, each a product of the terms of a window.

/// The kernel of a convolution: of the picture, of a 1x1 window, of any other.
Kernel make_convolution(const KernelMaker& maker, const Convolution& convolution);

/// Terms of an output's sum, as its weights are stored.
std::int64_t terms(const Window& window, const Kernel& kernel);

/// The channel counts of the outputs.
std::vector<int> output_channels(const Kernel& kernel);

/// The blocks that the schedule has for `row` neighbouring pixels, each with the place of its weights.
std::vector<ChannelBlock> product_blocks(const KernelMaker& maker, const Kernel& kernel, int row, std::int64_t terms,
                                         const ScheduleChoice& tuned);

/// "6x64": the largest register tile.
std::string product_tile(const std::vector<ChannelBlock>& blocks, const Target& target);

/// "_to24_126_relu6": what a product makes.
std::string product_stem(const Kernel& kernel);

/// Bytes of the packed weights.
std::int64_t packed_product(const Kernel& kernel, const std::vector<ChannelBlock>& blocks, std::int64_t terms,
                            const Target& target);

void pack_product(const Kernel& kernel, const std::vector<ChannelBlock>& blocks, std::int64_t terms,
                  const Target& target, const Convolution& convolution, std::byte* packed);

/// How they lie, in words.
std::string product_packing(const std::vector<ChannelBlock>& blocks, const Window& window, const Kernel& kernel,
                            const Target& target);

/// Has the tiles fetch the weights that are read next, if that pays: those of the next block where a block does the
/// whole map before the next one, else those behind the kernel's own, of which there are about twice as many.
void fetch_next_weights(const KernelMaker& maker, const Kernel& kernel, Split split, std::int64_t terms,
                        std::vector<ChannelBlock>& blocks);

/// The tiles of --unroll compact.
void compact_product(std::vector<ChannelBlock>& blocks, const Target& target, Element operand);

/// Small maps are divided among channel blocks, so that every weight is read once by one thread. Large ones are divided
/// among rows: a thread then finds in its own cache what it made in the layer before.
Split choose_split(const Target& target, const Kernel& kernel, const Window& window,
                   const std::vector<ChannelBlock>& blocks);

}  // namespace ssdgen
