#include "emit/network/compact.h"

#include "description/spelling.h"
#include "emit/print/file_header.h"
#include "emit/print/kernel_space.h"
#include "emit/print/printer.h"
#include "emit/print/template.h"
#include "emit/print/vectors.h"
#include "kernel/compact.h"
#include "plan/compact.h"
#include "plan/kernels.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

std::string window_text(const Window& window) {
    return fmt::format("{{{}, {}, {}, {}, {}, {}}}", window.rows.kernel, window.columns.kernel, window.rows.stride,
                       window.rows.dilation, window.rows.before, window.columns.before);
}

std::string convolution_text(const ConvolutionKernel& kernel) {
    check(kernel.output_channels.size() <= 2, "a compact convolution has one output or two");
    std::string blocks;
    for (const ChannelBlock& block : kernel.blocks)
        blocks += fmt::format("    {{{}, {}, {}, {}, {}}},\n", block.output, block.first_channel, block.channels,
                              block.vectors, block.weights);
    const auto [map, window] = staged_input(kernel);
    return fmt::format(
        "constexpr compact::Block blocks[] = {{\n{}}};\n"
        "constexpr compact::Convolution shape{{{}, {}, {}, {}, {}, {{{}, {}}}, {},\n"
        "                                     compact::Activation::{}, blocks, {}, {}, {}}};\n",
        blocks, map.height, map.width, map.channels, kernel.output_height, kernel.output_width,
        kernel.output_channels[0], kernel.output_channels.size() > 1 ? kernel.output_channels[1] : 0,
        window_text(window), spell(kernel.activation), kernel.blocks.size(), kernel.split == Split::channels,
        kernel.row_pixels);
}

std::string depthwise_text(const DepthwiseKernel& kernel) {
    return fmt::format("constexpr compact::Depthwise shape{{{}, {}, {}, {}, {}, compact::Activation::{}}};\n",
                       kernel.input.height, kernel.input.width, kernel.input.channels, kernel.output.width,
                       window_text(kernel.window), spell(kernel.activation));
}

/// Every parameter has a name, whether a tile would use it or not.
std::string row_arguments(int rows) {
    std::string text;
    for (int row = 0; row < rows; ++row) text += fmt::format("{}row_{}", row ? ", " : "", row);
    return text;
}

std::string body(const Step& step, const Stage& stage) {
    const auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel);
    if (step.stream && convolution && convolution->row_pixels)
        return fmt::format("    compact::convolve_row(shape, &input, weights, &output, 0, rows * {}, 0, {});\n",
                           convolution->row_pixels, convolution->blocks.size());
    const std::string rows = fmt::format("    const float* const rows[] = {{{}}};\n",
                                         row_arguments(kernel_window(stage.kernel).rows.kernel));
    if (step.stream && convolution)
        return rows + fmt::format("    compact::convolve_row(shape, rows, weights, &output, y, {}, 0, {});\n",
                                  convolution->output_width, convolution->blocks.size());
    if (step.stream) return rows + "    compact::depthwise_row(shape, rows, weights, output, y);\n";
    if (!convolution) return "    compact::depthwise(shape, input, weights, output, first, end);\n";
    if (convolution->output_channels.size() == 1)
        return "    compact::convolve(shape, input, weights, &output, first, end);\n";
    return "    float* const outputs[] = {output_0, output_1};\n    compact::convolve(shape, input, weights, outputs, "
           "first, end);\n";
}

std::string compact_header(const std::string& header, const std::string& space) {
    return fill_template("layers/compact.h", {{"header", header}, {"space", space}});
}

std::string compact_source(const Plan& plan, const std::string& header, const std::string& space) {
    std::string tiles, table;
    int most_sums = 0, most_taps = 1;
    std::set<std::pair<int, int>> printed;
    for (int vectors = 1; vectors <= 4; ++vectors) {
        std::string row;
        for (int pixels : compact_tiles(plan.target, vectors)) {
            const Function function = lower_add_terms(plan.target, pixels, vectors);
            if (printed.emplace(pixels, vectors).second)
                tiles += (tiles.empty() ? "" : "\n") + print_function(function, plan.target);
            row += fmt::format("{}{{{}, {}}}", row.empty() ? "" : ", ", pixels, function.name);
            most_sums = std::max(most_sums, pixels * vectors);
        }
        table += fmt::format("{{{}}},\n", row);
    }
    for (const Stage* stage : all_stages(plan))
        most_taps = std::max(most_taps, kernel_window(stage->kernel).rows.kernel);
    return fill_template("layers/compact.cpp", {{"header", header},
                                                {"space", space},
                                                {"attribute", vector_attribute(plan.target)},
                                                {"lanes", std::to_string(vector_unit(plan.target, Element::f32).lanes)},
                                                {"most_taps", std::to_string(most_taps)},
                                                {"most_sums", std::to_string(most_sums)},
                                                {"tiles", tiles},
                                                {"tile_table", table}});
}

}  // namespace

bool is_compact(const Plan& plan, const Stage& stage) {
    return plan.compact && !std::holds_alternative<AveragePoolKernel>(stage.kernel);
}

std::string print_compact_shape(const Stage& stage) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel)) return convolution_text(*convolution);
    return depthwise_text(std::get<DepthwiseKernel>(stage.kernel));
}

std::string print_compact_function(const Step& step, const Stage& stage, const std::string& signature) {
    return "[[gnu::weak]] " + signature + " {\n" + body(step, stage) + "}\n";
}

std::string compact_space(const Plan& plan) {
    return kernel_space(plan.target, compact_header("", "") + compact_source(plan, "", "")) + "::compact";
}

std::string print_compact_kernels(const Plan& plan) { return compact_source(plan, "", compact_space(plan)); }

void emit_compact(const Emission& emission, FileSet& files) {
    const std::string space = compact_space(emission.plan), header = file_header(emission.command);
    files.add("layers/compact.h", compact_header(header, space));
    files.add(compact_file, compact_source(emission.plan, header, space));
}

}  // namespace ssdgen
