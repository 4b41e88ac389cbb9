$header$
// The kernels of --unroll compact: one for convolutions, one for depthwise layers, with the shape as an argument.
#pragma once

#include "ssd/compiler.h"

#include <cstdint>

namespace $space$ {

/// Neighbouring output channels that are computed at once: `vectors` registers, the last one perhaps partly used.
struct Block {
    int output;  // which of the layer's outputs
    int first_channel, channels;
    int vectors;
    int weights;  // offset, in bytes
};

struct Window {
    int height, width, row_stride, column_stride, row_dilation, column_dilation, pad_top, pad_left;
};

/// How sums are scaled: the rows of a header behind the biases and, with has_zeros, before the zero points of the weights.
enum class Rule {
    two_roundings,  // mantissas, what is shifted to the right and, with shifts_left, to the left
    one_rounding,   // the same
    float_product   // factors
};
struct Scaling {
    Rule rule;
    bool shifts_left;  // some sum is scaled by 1 or more
    bool has_zeros;
};

/// What the numbers of an output are: the scaled sum and zero_point, from lowest to highest. Those of a list of several layers' numbers
/// then stand for scale * number + offset, and list_zero is their zero point.
struct Numbers {
    int zero_point, lowest, highest;
    bool in_list;
    float scale, offset;
    int list_zero;
};

// Steps: bytes from a pixel to the next, more than the channels of a map that is a slice of a wider one.

struct Convolution {
    int input_height, input_width, input_channels, input_step;
    int output_height, output_width;
    int output_steps[2];  // 0: one output
    Window window;
    const Block* blocks;
    int block_count;
    bool by_channels;  // a unit of work is a block; otherwise a row
    int row_pixels;    // of a 1x1 window: pixels of a row, the map being one line; otherwise 0
    bool by_rows;      // weights by fours of a window's row, behind whose inputs there is room; otherwise of a pixel's channels
    int input_zero;    // what stands outside the map
    Scaling scaling;
    Numbers numbers[2];
};

struct Depthwise {
    int input_height, input_width, channels, input_step;
    int output_width, output_step;
    Window window;
    int input_zero;
    Scaling scaling;
    Numbers numbers;
};

/// Output row y, its first `width` pixels, from the window's input rows. Of a 1x1 window: `width` pixels from one line.
void convolve_row(const Convolution& layer, const std::uint8_t* const* rows, const std::uint8_t* weights, std::uint8_t* const* outputs,
                  int y, int width, int first_block, int end_block) noexcept;

/// Units of work [first, end) of a whole map.
void convolve(const Convolution& layer, const std::uint8_t* input, const std::uint8_t* weights, std::uint8_t* const* outputs, int first,
              int end) noexcept;

/// Output row y of a depthwise layer from the window's input rows.
void depthwise_row(const Depthwise& layer, const std::uint8_t* const* rows, const std::uint8_t* weights, std::uint8_t* output,
                   int y) noexcept;

/// Output rows [first, end) of a whole map.
void depthwise(const Depthwise& layer, const std::uint8_t* input, const std::uint8_t* weights, std::uint8_t* output, int first,
               int end) noexcept;

}  // namespace $space$
