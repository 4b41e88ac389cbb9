#include "plan/names.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "graph/shapes.h"
#include "support/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

/// "_top", or nothing.
std::string part(const std::string& name) { return name.empty() ? "" : "_" + name; }

/// "2", or "2x1" where rows and columns differ.
std::string both(int rows, int columns) {
    return rows == columns ? std::to_string(rows) : fmt::format("{}x{}", rows, columns);
}

/// "_3x3", then whatever is out of the ordinary: "_stride_2", "_dilation_6", "_pad_0_0_1_1" (top, left, bottom, right).
std::string window_name(const Window& window) {
    std::string name = fmt::format("_{}x{}", window.rows.kernel, window.columns.kernel);
    const WindowAxis &rows = window.rows, &columns = window.columns;
    if (rows.stride != 1 || columns.stride != 1) name += "_stride_" + both(rows.stride, columns.stride);
    if (rows.dilation != 1 || columns.dilation != 1) name += "_dilation_" + both(rows.dilation, columns.dilation);
    if (is_padded(window)) name += fmt::format("_pad_{}", fmt::join(pads_of(window), "_"));
    return name;
}

/// A stage of a stream: "_row", "_2_rows".
std::string rows_name(int stream_rows) {
    if (stream_rows == 0) return "";
    return stream_rows == 1 ? "_row" : fmt::format("_{}_rows", stream_rows);
}

std::string convolution_name(const ConvolutionKernel& kernel, const Target& target) {
    std::string name = kernel.row_pixels ? "pointwise_" : kernel.input_mean.empty() ? "convolution_" : "picture_";
    name += to_string(kernel.input);
    if (!kernel.row_pixels) name += window_name(kernel.window);
    name += fmt::format("_to_{}", fmt::join(kernel.output_channels, "_"));
    name += activation_suffix("_", kernel.activation);
    name += "_tile_" + tile_name(kernel, target);
    return name + rows_name(kernel.stream_rows);
}

std::string of_output(std::optional<int> output) { return output ? fmt::format("_output_{}", *output) : ""; }

}  // namespace

std::string identifier(const std::string& layer) { return c_identifier(layer); }

std::string function_name(const std::string& layer) { return "run_" + identifier(layer); }

std::string stage_row_name(const Stage& stage) { return stage.kernel_name + "_stage_row"; }

std::string macro_name(const std::string& network) { return upper_case(network); }

std::vector<std::string> step_functions(const Plan& plan) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Step& step : plan.steps)
        for (const Stage& stage : step.stages)
            check(seen.insert(function_name(stage.name)).second, "layers have names of their own: " + stage.name);
    for (const Step& step : plan.steps) {
        std::string name = function_name(step.name);
        // A step of several layers is called a_to_b, as a layer may be.
        if (step.name != step.last().name)
            while (!seen.insert(name).second) name += '_';
        names.push_back(name);
    }
    return names;
}

std::string target_folder(const Target& target) { return identifier(target.name) + "/"; }

std::string network_of_target(const std::string& network, const Target& target) {
    return network + "_" + identifier(target.name);
}

std::string tile_name(const KernelSpec& kernel, const Target& target) {
    const int lanes = vector_unit(target, Element::f32).lanes;
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel)) {
        const auto largest = std::max_element(
            convolution->blocks.begin(), convolution->blocks.end(),
            [](const ChannelBlock& a, const ChannelBlock& b) { return a.pixels * a.vectors < b.pixels * b.vectors; });
        return fmt::format("{}x{}", largest->pixels, largest->vectors * lanes);
    }
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel))
        return fmt::format("{}x{}", depthwise->pixels, lanes);
    return fmt::format("1x{}", lanes);
}

std::string kernel_name(const KernelSpec& kernel, const Target& target) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel))
        return convolution_name(*convolution, target);
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel))
        return "depthwise_" + to_string(depthwise->input) + window_name(depthwise->window) +
               activation_suffix("_", depthwise->activation) + "_tile_" + tile_name(kernel, target) +
               rows_name(depthwise->stream_rows);
    const auto& pool = std::get<AveragePoolKernel>(kernel);
    return "average_pool_" + to_string(pool.input) + window_name(pool.window);
}

std::string stream_name(const std::vector<Stage>& stages, const Target& target) {
    const auto* depthwise = std::get_if<DepthwiseKernel>(&stages[0].kernel);
    const auto* pointwise = std::get_if<ConvolutionKernel>(&stages.back().kernel);
    const bool one_feed_each =
        std::all_of(stages.begin(), stages.end(), [](const Stage& stage) { return stage.feeds.size() == 1; });
    if (stages.size() == 2 && one_feed_each && depthwise && pointwise && pointwise->row_pixels)
        return "separable_" + to_string(depthwise->input) + window_name(depthwise->window) +
               activation_suffix("_", depthwise->activation) +
               fmt::format("_to_{}", fmt::join(pointwise->output_channels, "_")) +
               activation_suffix("_", pointwise->activation) + "_tile_" + tile_name(stages.back().kernel, target);
    // Layers have names of their own, so these streams have.
    if (stages.size() == 1) return "stream_" + stages[0].name;
    return "stream_" + stages[0].name + "_to_" + stages.back().name;
}

std::string unrolled_name(const std::string& name) { return name + "_unrolled"; }

std::string convolution_row_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                 int first_channel) {
    const std::string from = first_channel > 0 ? fmt::format("_from_{}", first_channel) : "";
    return fmt::format("row_of_{}x{}", pixels, channels) + of_output(output) + part(rows) + from;
}

std::string convolution_tile_name(int pixels, int channels, std::optional<int> output, const std::string& rows,
                                  const std::string& tile) {
    return fmt::format("tile_{}x{}", pixels, channels) + of_output(output) + part(rows) + part(tile);
}

std::string depthwise_row_name(const std::string& rows) { return "row" + part(rows); }

std::string depthwise_tile_name(int pixels, const std::string& rows, const std::string& tile) {
    return fmt::format("tile_of_{}", pixels) + part(rows) + part(tile);
}

std::string compact_tile_name(int pixels, int channels) { return fmt::format("add_terms_{}x{}", pixels, channels); }

std::string unrolled_rows_name(const std::string& kernel_name, const KernelSpec& kernel, int form) {
    const auto* convolution = std::get_if<ConvolutionKernel>(&kernel);
    return fmt::format("{}{}_{}", kernel_name, convolution && convolution->row_pixels ? "" : "_from", form);
}

std::string input_row_name(int tap) { return fmt::format("row_{}", tap); }

std::string sum_name(int pixel, int vector) { return fmt::format("sum_p{}c{}", pixel, vector); }

std::string sum_name(int pixel) { return fmt::format("sum_p{}", pixel); }

std::string input_name(int term, int pixel) { return fmt::format("in_k{}p{}", term, pixel); }

std::string input_name(int pixel) { return fmt::format("in_p{}", pixel); }

std::string depthwise_input_name(int row, int column) { return fmt::format("in_y{}x{}", row, column); }

std::string weight_name(int term, int vector) { return fmt::format("w_k{}c{}", term, vector); }

std::string weight_name(int vector) { return fmt::format("w_c{}", vector); }

std::string depthwise_weight_name(int row, int tap) { return fmt::format("w_y{}x{}", row, tap); }

}  // namespace ssdgen
