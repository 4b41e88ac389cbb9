#pragma once

#include "plan/plan.h"

#include <optional>
#include <string>

namespace ssdgen {

// Every identifier of emitted kernels that is made of something, so that no two ways of making one part.
// generated/README.md decodes them.

// --- Functions of a kernel. rows, tile: which of several, as "top" or "left"; empty if there is one.

/// "row_of_75x64_top": a row of `pixels` outputs, the channels of one block. output: of a kernel with several;
/// first_channel: in that output.
std::string convolution_row_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                 int first_channel);

/// "tile_6x64_top_left": a register tile.
std::string convolution_tile_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                  const std::string& tile);

/// "row_top", "row".
std::string depthwise_row_name(const std::string& rows);

/// "tile_of_4_top_left".
std::string depthwise_tile_name(int pixels, const std::string& rows, const std::string& tile);

/// "add_terms_6x64": a register tile of any depth, in the compact form.
std::string compact_tile_name(int pixels, int channels);

/// What takes the rows [form, form + 1) of an unrolled stage of a stream; of a 1x1 window, `form` rows:
/// KERNEL_from_3, KERNEL_2.
std::string unrolled_rows_name(const std::string& kernel_name, const KernelSpec& kernel, int form);

// --- Values in a tile: pixel of the tile, vector of channels, tap of the window.

/// "row_2": the input row under a tap.
std::string input_row_name(int tap);

/// "sum_p2c1", of a depthwise tile "sum_p2".
std::string sum_name(int pixel, int vector);
std::string sum_name(int pixel);

/// "in_k4p2": term 4 of pixel 2 (k counts columns x input channels); of the compact form "in_p2"; of a depthwise tile
/// "in_y1x4".
std::string input_name(int term, int pixel);
std::string input_name(int pixel);
std::string depthwise_input_name(int row, int column);

/// "w_k4c1", of the compact form "w_c1"; of a depthwise tile "w_y1x2".
std::string weight_name(int term, int vector);
std::string weight_name(int vector);
std::string depthwise_weight_name(int row, int tap);

}  // namespace ssdgen
