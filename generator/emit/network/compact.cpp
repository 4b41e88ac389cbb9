#include "emit/network/compact.h"

#include "description/spelling.h"
#include "emit/print/file_header.h"
#include "emit/print/kernel_space.h"
#include "emit/print/printer.h"
#include "emit/print/template.h"
#include "emit/print/vectors.h"
#include "kernel/compact.h"
#include "kernel/pieces.h"
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

/// The shape of a layer, as the compact kernels take it.
struct PrintShape {
    WeightsView weights;

    std::string operator()(const std::monostate&) const { return ""; }

    std::string operator()(const CompactConvolution& layer) const {
        check(layer.outputs.size() <= 2, "a compact convolution has one output or two");
        std::string blocks;
        for (const ChannelBlock& block : layer.blocks)
            blocks += fmt::format("    {{{}, {}, {}, {}, {}}},\n", block.output, block.first_channel, block.channels,
                                  block.vectors, weights.offset(block.weights));
        return fmt::format(
            "constexpr compact::Block blocks[] = {{\n{}}};\n"
            "constexpr compact::Convolution shape{{{}, {}, {}, {}, {}, {{{}, {}}}, {},\n"
            "                                     compact::Activation::{}, blocks, {}, {}, {}}};\n",
            blocks, layer.input.height, layer.input.width, layer.input.channels, layer.window.rows.output,
            layer.window.columns.output, layer.outputs[0].shape.channels,
            layer.outputs.size() > 1 ? layer.outputs[1].shape.channels : 0, window_text(layer.window),
            spell(layer.activation), layer.blocks.size(), layer.split == Split::channels, layer.row_pixels);
    }

    std::string operator()(const CompactDepthwise& layer) const {
        return fmt::format("constexpr compact::Depthwise shape{{{}, {}, {}, {}, {}, compact::Activation::{}}};\n",
                           layer.input.height, layer.input.width, layer.input.channels, layer.output.width,
                           window_text(layer.window), spell(layer.activation));
    }
};

/// Every parameter has a name, whether a tile would use it or not.
std::string row_arguments(int rows) {
    std::string text;
    for (int row = 0; row < rows; ++row) text += fmt::format("{}row_{}", row ? ", " : "", row);
    return text;
}

std::string rows_text(const Window& window) {
    return fmt::format("    const float* const rows[] = {{{}}};\n", row_arguments(window.rows.kernel));
}

/// The call of a compact kernel.
struct PrintCall {
    bool stream;

    std::string operator()(const std::monostate&) const { return ""; }

    std::string operator()(const CompactConvolution& layer) const {
        const std::size_t blocks = layer.blocks.size();
        if (stream && layer.row_pixels)
            return fmt::format("    compact::convolve_row(shape, &input, weights, &output, 0, rows * {}, 0, {});\n",
                               layer.row_pixels, blocks);
        if (stream)
            return rows_text(layer.window) +
                   fmt::format("    compact::convolve_row(shape, rows, weights, &output, y, {}, 0, {});\n",
                               layer.window.columns.output, blocks);
        if (layer.outputs.size() == 1) return "    compact::convolve(shape, input, weights, &output, first, end);\n";
        return "    float* const outputs[] = {output_0, output_1};\n    compact::convolve(shape, input, weights, "
               "outputs, first, end);\n";
    }

    std::string operator()(const CompactDepthwise& layer) const {
        if (!stream) return "    compact::depthwise(shape, input, weights, output, first, end);\n";
        return rows_text(layer.window) + "    compact::depthwise_row(shape, rows, weights, output, y);\n";
    }
};

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
                                                {"attribute", vector_attribute(plan.target, false)},
                                                {"lanes", std::to_string(vector_unit(plan.target, Element::f32).lanes)},
                                                {"most_taps", std::to_string(most_taps)},
                                                {"most_sums", std::to_string(most_sums)},
                                                {"tiles", tiles},
                                                {"tile_table", table}});
}

}  // namespace

bool is_compact(const Plan& plan, const Stage& stage) {
    return plan.compact && !std::holds_alternative<std::monostate>(compact_layer(stage.kernel));
}

std::string print_compact_shape(const Stage& stage) {
    return std::visit(PrintShape{view_weights(stage.kernel)}, compact_layer(stage.kernel));
}

std::string print_compact_function(const Step& step, const Stage& stage, const std::string& signature) {
    return "[[gnu::weak]] " + signature + " {\n" + std::visit(PrintCall{step.stream}, compact_layer(stage.kernel)) +
           "}\n";
}

std::string compact_space(const Plan& plan) {
    return kernel_space(plan.target, compact_header("", "") + compact_source(plan, "", ""), false) + "::compact";
}

std::string print_compact_kernels(const Plan& plan) { return compact_source(plan, "", compact_space(plan)); }

void emit_compact(const Emission& emission, FileSet& files) {
    const std::string space = compact_space(emission.plan), header = file_header(emission.command);
    files.add("layers/compact.h", compact_header(header, space));
    files.add(compact_file, compact_source(emission.plan, header, space));
}

}  // namespace ssdgen
