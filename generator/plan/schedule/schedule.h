#pragma once

#include "plan/kernel.h"
#include "target/target.h"

#include <utility>

namespace ssdgen {

/// What a measurement has chosen for a layer; 0: left to the model.
struct ScheduleChoice {
    int vectors = 0;      // of a convolution: registers that its widest channel blocks fill
    int pixels = 0;       // of the register tile of those blocks; of a depthwise tile
    int stream_rows = 0;  // of a 1x1 convolution in a stream
};

/// The register tiles of a convolution whose outputs have these channel counts: the blocks in order, with their
/// pixels. `row` is the number of neighbouring output pixels that a tile can be taken from. operand: what is
/// multiplied, as the target's units have it.
std::vector<ChannelBlock> schedule_blocks(const Target& target, const std::vector<int>& output_channels, int row,
                                          const ScheduleChoice& choice = {}, Element operand = Element::f32);

/// How a convolution's tiles walk over their terms. weights: bytes of a block's; those that stay in the first-level
/// cache from one tile to the next are not fetched ahead of their use.
TermLoop schedule_terms(const Target& target, std::int64_t weights);

/// Neighbouring pixels of a depthwise tile, whose columns are `channels` numbers apart in memory.
int schedule_depthwise_pixels(const Target& target, const Window& window, int row, int channels,
                              Element operand = Element::f32);

/// Output rows that a 1x1 convolution in a stream takes at a time: enough pixels that the weights, which come from the
/// second-level cache or from beyond it, are used often enough, but as few rows as that takes.
int schedule_stream_rows(const Target& target, const Shape& output, int input_channels);

/// Cycles of one multiply-add step of a tile of pixels x vectors: the tightest of the multiply-add ports, the load
/// ports, the second-level cache that the weights come from, and the latency of the sums.
double tile_cycles(const Target& target, int pixels, int vectors, Element operand = Element::f32);

/// The widest register tiles: a convolution's sums, one step's weights and one broadcast input; a depthwise tile's
/// sums, one row of weights and one input column. At most 16, at least 1.
int most_pixels(const Target& target, int vectors);
int most_depthwise_pixels(const Target& target, int kernel_width);

/// Tiles of a convolution that are worth a measurement: all that the model holds for at most a quarter slower than its
/// own choice, which is left out; the fastest first, of equal ones those with the fewest loads a multiply-add.
std::vector<ScheduleChoice> tile_candidates(const Target& target, const std::vector<int>& output_channels, int row);

}  // namespace ssdgen
