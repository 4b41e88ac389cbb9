$header$
// The kernels of --unroll compact: one for convolutions, one for depthwise layers, with the shape as an argument.
#pragma once

#include "ssd/compiler.h"

namespace $space$ {

enum class Activation { none, relu, relu6 };

/// Neighbouring output channels that are computed at once: `vectors` registers, the last one perhaps partly used.
struct Block {
    int output;  // which of the layer's outputs
    int first_channel, channels;
    int vectors;
    int weights;  // offset, in $unit$
};

struct Window {
    int height, width, row_stride, column_stride, row_dilation, column_dilation, pad_top, pad_left;
};

// Steps: floats from a pixel to the next, more than the channels of a map that is a slice of a wider one.

struct Convolution {
    int input_height, input_width, input_channels, input_step;
    int output_height, output_width;
    int output_steps[2];  // 0: one output
    int addend_step;      // of a map that is added to the sums; 0: none
    Window window;
    Activation activation;
    const Block* blocks;
    int block_count;
    bool by_channels;  // a unit of work is a block; otherwise a row
    int row_pixels;    // of a 1x1 window: pixels of a row, the map being one line; otherwise 0
};

struct Depthwise {
    int input_height, input_width, channels, input_step;
    int output_width, output_step;
    int addend_step;
    Window window;
    Activation activation;
};

/// Output row y, its first `width` pixels, from the window's input rows and the row that is added, if there is one. Of a 1x1
/// window: `width` pixels from one line.
void convolve_row(const Convolution& layer, const float* const* rows, const float* addend, const $weight$* weights,
                  float* const* outputs, int y, int width, int first_block, int end_block) noexcept;

/// Units of work [first, end) of a whole map.
void convolve(const Convolution& layer, const float* input, const float* addend, const $weight$* weights, float* const* outputs,
              int first, int end) noexcept;

/// Output row y of a depthwise layer from the window's input rows.
void depthwise_row(const Depthwise& layer, const float* const* rows, const float* addend, const $weight$* weights, float* output,
                   int y) noexcept;

/// Output rows [first, end) of a whole map.
void depthwise(const Depthwise& layer, const float* input, const float* addend, const $weight$* weights, float* output, int first,
               int end) noexcept;

}  // namespace $space$

