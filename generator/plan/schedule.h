#pragma once

#include "plan/plan.h"

#include <utility>

namespace ssdgen {

/// The register tiles of a convolution whose outputs have these channel counts: the blocks in order, with their pixels and
/// weight offsets. `row` is the number of neighbouring output pixels that a tile can be taken from.
std::vector<ChannelBlock> schedule_blocks(const Target& target, const std::vector<int>& output_channels, int row,
                                          int taps);

/// Neighbouring pixels of a depthwise tile.
int schedule_depthwise_pixels(const Target& target, const Window& window, int row);

/// Output rows that a 1x1 convolution in a stream takes at a time: enough pixels that the weights, which come from the
/// second-level cache or from beyond it, are used often enough, but as few rows as that takes.
int schedule_stream_rows(const Target& target, const Shape& output, int input_channels);

/// Cycles of one multiply-add step of a tile of pixels x vectors: the tightest of the multiply-add ports, the load ports, the
/// second-level cache that the weights come from, and the latency of the sums.
double tile_cycles(const Target& target, int pixels, int vectors);

}  // namespace ssdgen
