#pragma once

#include "plan/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

// Every identifier that is emitted, so that no two ways of making one part; NAME_guide.md decodes them. (Where
// kernels live, emit/print/kernel_space.h says; what files are called, emit/folder/manifest.h.)

// --- Networks, layers and steps.

/// A layer's name as a part of identifiers and of files' names: "conv1/dw" gives conv1_dw. Never the whole of one: a
/// layer may be called `class`, `linux` or `1x1`.
std::string identifier(const std::string& layer);

/// The function of a layer or step: run_conv1_dw.
std::string function_name(const std::string& layer);

/// The function that takes a row of the picture for a kernel that reads it.
std::string stage_row_name(const Stage& stage);

/// A network's name as a macro's begins: mobilenet_ssd_voc gives MOBILENET_SSD_VOC.
std::string macro_name(const std::string& network);

/// The functions of a plan's steps, one each, in order. Those of steps and layers are all different (InternalError if
/// two layers' are not: the reader has seen to that).
std::vector<std::string> step_functions(const Plan& plan);

/// The code of a stream, after the function of its step: run_conv1 gives stream_of_conv1.
std::string stream_class(const std::string& step_function);

/// Of one of several targets of a network: "x86_64_v3/", where its files stand, and NAME_x86_64_v3, what it is called.
std::string target_folder(const Target& target);
std::string network_of_target(const std::string& network, const Target& target);

// --- Kernels and streams.

// kernel_name() stands in plan/kernels.h; these are its parts.

/// No kernel has a longer name, unrolled ones included, so that lines stay short.
inline constexpr std::size_t entry_name_length = 60;

/// A kernel's: what unrolled_name() or unrolled_rows_name() appends fits behind it.
inline constexpr std::size_t kernel_name_length = 53;

/// The name itself if it is not longer than kernel_name_length. Or else as many of its parts, those between
/// underscores, as leave room for a hash of the whole: pointwise_19x19x1024_to512_relu6_1f0c93ab.
std::string shortened_name(const std::string& name);

/// "_3x3", then whatever is out of the ordinary: "s2" (stride), "d6" (dilation), and pads, unless they are those that
/// keep the size of a map where the stride is 1: "p1" (all four), "p0_1" (before and after), "p0_2_1_0" (top, left,
/// bottom, right).
std::string window_name(const Window& window);

/// "_f16", "_bf16"; "" where all numbers are f32.
std::string signature_name(const Signature& signature);

/// "_relu6", "_add_relu"; "" where a sum is stored as it is.
std::string epilogue_name(const Epilogue& epilogue);

/// "_in96_out64": numbers from a pixel to the next of the inputs and outputs, if some are slices of wider maps; "" if
/// none is.
std::string steps_name(const Kernel& kernel);

/// Of a stage of a stream: "_row", "_2rows".
std::string rows_name(int stream_rows);

/// What tells a stream's code from that of others: separable_19x19x512_3x3_to_512_relu_tile_6x64 for a
/// depthwise kernel and the pointwise on it, which several steps may share; stream_conv0_to_conv6 for others.
std::string stream_name(const std::vector<Stage>& stages, const Target& target);

/// Of a kernel or stream that is unrolled whole.
std::string unrolled_name(const std::string& name);

// --- Functions of a kernel. rows, tile: which of several, as "top" or "left"; empty if there is one.

/// "row_of_75x64_top": a row of `pixels` outputs, the channels of one block. output: of a kernel with several;
/// first_channel: in that output.
std::string convolution_row_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                 int first_channel);

/// "tile_6x64_top_left": a register tile. output: of a kernel with several, if the tile serves one alone.
std::string convolution_tile_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                  const std::string& tile);

/// "row_top", "row".
std::string depthwise_row_name(const std::string& rows);

/// "tile_of_4_top_left".
std::string depthwise_tile_name(int pixels, const std::string& rows, const std::string& tile);

/// "add_terms_6x64": a register tile of any depth, in the compact form.
std::string compact_tile_name(int pixels, int channels);

/// What takes the rows [form, form + 1) of an unrolled stage of a stream; of a 1x1 window, `form` rows:
/// KERNEL_y3, KERNEL_n2, also where the stage's kernel is called KERNEL_full.
std::string unrolled_rows_name(const std::string& kernel_name, const Kernel& kernel, int form);

// --- Values in a tile: pixel of the tile, vector of channels, tap of the window.

/// "row_2": the input row under a tap.
std::string input_row_name(int tap);

/// "acc_p2c1", of a depthwise tile "acc_p2".
std::string sum_name(int pixel, int vector);
std::string sum_name(int pixel);

/// "add_p2c1": what is added to a sum; of a depthwise tile "add_p2".
std::string addend_name(int pixel, int vector);
std::string addend_name(int pixel);

/// A term of a sum in a row of the window: its input channel, or in a loop the term of the iteration, and the column of
/// the window, if it has several.
struct TermName {
    std::optional<int> column;
    int channel = 0;
};

/// "in_x1i4p2": input channel 4 under column 1 of the window, of pixel 2; "in_i4p2" without a column; of the compact
/// form "in_p2"; of a depthwise tile "in_y1x4".
std::string input_name(const TermName& term, int pixel);
std::string input_name(int pixel);
std::string depthwise_input_name(int row, int column);

/// Of a max pool: "max_p2", an output, and "max_x4", of a column under a tile.
std::string maximum_name(int pixel);
std::string column_name(int column);

/// "w_x1i4c1", "w_i4c1", of the compact form "w_c1"; of a depthwise tile "w_y1x2".
std::string weight_name(const TermName& term, int vector);
std::string weight_name(int vector);
std::string depthwise_weight_name(int row, int tap);

}  // namespace ssdgen
