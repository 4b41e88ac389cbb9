#include "emit/network/compact.h"

#include "description/spelling.h"
#include "emit/network/weights.h"
#include "emit/print/file_header.h"
#include "emit/print/kernel_space.h"
#include "emit/print/numbers.h"
#include "emit/print/printer.h"
#include "emit/print/template.h"
#include "emit/print/vectors.h"
#include "emit/print/wrap.h"
#include "graph/shapes.h"
#include "kernel/compact.h"
#include "kernel/pieces.h"
#include "plan/compact.h"
#include "plan/kernels.h"
#include "plan/packing.h"
#include "support/error.h"
#include "support/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

/// A layer for the kernels of its kind, with the numbers that `struct Shape` names by their names.
class PrintLayer {
  public:
    PrintLayer(const Kernel& kernel, const std::vector<NamedNumber>& shape)
        : weights_(view_weights(kernel)), whole_(kernel.whole ? &*kernel.whole : nullptr), shape_(shape) {}

    std::string operator()(const std::monostate&) const { return ""; }

    std::string operator()(const CompactConvolution& layer) const {
        check(layer.outputs.size() <= 2, "a compact convolution has one output or two");
        std::string blocks;
        for (const ChannelBlock& block : layer.blocks)
            blocks += fmt::format("    {{{}, {}, {}, {}, {}}},\n", block.output, block.first_channel, block.channels,
                                  block.vectors, weights_.offset(block.weights));
        const bool one = layer.outputs.size() == 1;
        const std::string steps =
            one ? output_step("output", layer.outputs[0]) + ", 0"
                : output_step("output_0", layer.outputs[0]) + ", " + output_step("output_1", layer.outputs[1]);
        return fmt::format(
            "constexpr compact::Block blocks[] = {{\n{}}};\n"
            "constexpr compact::Convolution layer{{\n"
            "    {},\n    {}, {}, {{{}}}{},\n    {},\n    {}blocks, {}, {}, {}{}}};\n",
            blocks, input(layer.input), named("output_height", layer.window.rows.output),
            named("output_width", layer.window.columns.output), steps, addend(layer.addend_step), window(layer.window),
            whole_ ? "" : activation(layer.activation) + ", ", layer.blocks.size(), layer.split == Split::channels,
            named("row_pixels", layer.row_pixels), whole_ ? whole_convolution(layer) : "");
    }

    std::string operator()(const CompactDepthwise& layer) const {
        return fmt::format(
            "constexpr compact::Depthwise layer{{\n"
            "    {},\n    {}, {}{},\n    {},\n    {}}};\n",
            input(layer.input), named("output_width", layer.window.columns.output), output_step("output", layer.output),
            addend(layer.addend_step), window(layer.window),
            whole_ ? fmt::format("{}, {}", scaling(), numbers(whole_->outputs[0])) : activation(layer.activation));
    }

  private:
    /// Shape::NAME, where there is such a number of this value.
    std::string first_named(const std::vector<std::string>& names, int value) const {
        for (const std::string& name : names)
            for (const NamedNumber& number : shape_)
                if (number.name == name && number.value == value) return "Shape::" + name;
        return std::to_string(value);
    }
    std::string named(const std::string& name, int value) const { return first_named({name}, value); }

    /// Sums of whole numbers take nothing that is added, and numbers where others have an activation.
    std::string addend(int step) const { return whole_ ? "" : ", " + named("addend_step", step); }
    static std::string activation(Activation activation) {
        return fmt::format("compact::Activation::{}", spell(activation));
    }

    std::string whole_convolution(const CompactConvolution& layer) const {
        std::string all;
        for (const OutputNumbers& output : whole_->outputs) all += fmt::format(", {}", numbers(output));
        return fmt::format(", {},\n    {}, {{{}}}", layer.by_rows, scaling(), all.substr(2));
    }
    static const char* rule(Requantization rule) {
        switch (rule) {
            case Requantization::two_roundings: return "two_roundings";
            case Requantization::ruy: return "one_rounding";
            case Requantization::float_product: return "float_product";
        }
        throw InternalError("internal error: broken invariant: every rule has a name");
    }
    std::string scaling() const {
        return fmt::format("{}, {{compact::Rule::{}, {}, {}}}", whole_->input_zeros[0], rule(whole_->rule),
                           whole_->shifts_left, whole_->offsets_weights);
    }
    static std::string numbers(const OutputNumbers& output) {
        const bool in_list = output.rescaling.has_value();
        return fmt::format("{{{}, {}, {}, {}, {}, {}, {}}}", output.zero_point, output.lowest, output.highest, in_list,
                           print_float(in_list ? output.rescaling->scale : 1.0F),
                           print_float(in_list ? output.rescaling->offset : 0.0F),
                           in_list ? output.rescaling->zero_point : 0);
    }

    std::string input(const MapView& map) const {
        return fmt::format("{}, {}, {}, {}", named("input_height", map.shape.height),
                           named("input_width", map.shape.width),
                           first_named({"input_channels", "channels"}, map.shape.channels),
                           first_named({"input_step", "input_channels", "channels"}, map.pixel_stride));
    }

    std::string output_step(const std::string& output, const MapView& map) const {
        return first_named({output + "_step", output + "_channels", "channels"}, map.pixel_stride);
    }

    /// As the fixed text's struct has it.
    std::string window(const Window& window) const {
        const WindowAxis &rows = window.rows, &columns = window.columns;
        return fmt::format("{{{}, {}, {}, {}, {}, {}, {}, {}}}", named("window_height", rows.kernel),
                           named("window_width", columns.kernel), first_named({"stride", "row_stride"}, rows.stride),
                           first_named({"stride", "column_stride"}, columns.stride),
                           first_named({"dilation", "row_dilation"}, rows.dilation),
                           first_named({"dilation", "column_dilation"}, columns.dilation),
                           named("pad_top", rows.before), named("pad_left", columns.before));
    }

    const WeightsView weights_;
    const WholeNumbers* whole_;  // null: it computes with real ones
    const std::vector<NamedNumber>& shape_;
};

/// Every parameter has a name, whether a tile would use it or not.
std::string row_arguments(int rows) {
    std::string text;
    for (int row = 0; row < rows; ++row) text += fmt::format("{}row_{}", row ? ", " : "", row);
    return text;
}

std::string rows_text(const Window& window, const char* number) {
    return fmt::format("    const {}* const rows[] = {{{}}};\n", number, row_arguments(window.rows.kernel));
}

/// The call of a compact kernel.
struct PrintCall {
    bool stream;
    const char* number;  // of maps
    std::string addend;  // the argument, with what parts it from the next; "": there is none

    std::string operator()(const std::monostate&) const { return ""; }

    std::string operator()(const CompactConvolution& layer) const {
        const std::size_t blocks = layer.blocks.size();
        if (stream && layer.row_pixels)
            return fmt::format("    compact::convolve_row(layer, &input, {}weights, &output, 0, rows * {}, 0, {});\n",
                               addend, layer.row_pixels, blocks);
        if (stream)
            return rows_text(layer.window, number) +
                   fmt::format("    compact::convolve_row(layer, rows, {}weights, &output, y, {}, 0, {});\n", addend,
                               layer.window.columns.output, blocks);
        const bool one = layer.outputs.size() == 1;
        return (one ? "" : fmt::format("    {}* const outputs[] = {{output_0, output_1}};\n", number)) +
               fmt::format("    compact::convolve(layer, input, {}weights, {}, first, end);\n", addend,
                           one ? "&output" : "outputs");
    }

    std::string operator()(const CompactDepthwise& layer) const {
        if (!stream)
            return fmt::format("    compact::depthwise(layer, input, {}weights, output, first, end);\n", addend);
        return rows_text(layer.window, number) +
               fmt::format("    compact::depthwise_row(layer, rows, {}weights, output, y);\n", addend);
    }
};

bool is_whole(const Plan& plan) { return maps_type(plan) != Element::f32; }

std::string compact_header(const Plan& plan, const std::string& header, const std::string& space) {
    if (is_whole(plan)) return fill_template("layers/compact_whole.h", {{"header", header}, {"space", space}});
    return fill_template("layers/compact.h",
                         {{"header", header},
                          {"space", space},
                          {"weight", weights_number(plan)},
                          {"unit", view_weights(weights_type(plan)).pointer == Element::u8 ? "bytes" : "floats"}});
}

/// load_some() of weights that are not f32.
std::string print_load_weights(Element type, const std::string& attribute) {
    return fmt::format(
        "\n{1}Vector load_some_weights(const unsigned char* from, int count) noexcept {{\n"
        "    if (count == lanes) return load_{0}(from);\n"
        "    if (count == lanes / 2) return load_{0}_lanes<lanes / 2>(from);\n"
        "    unsigned char all[lanes * 2] = {{}};\n"
        "    std::memcpy(all, from, 2 * static_cast<std::size_t>(count));\n"
        "    return load_{0}(all);\n"
        "}}\n",
        spell(type), attribute);
}

/// How the fixed text takes weights: f32 as they are; others behind a bias of floats, of two bytes each.
void add_weights_holes(const Plan& plan, TemplateValues& values) {
    const Element type = weights_type(plan);
    const WeightsView view = view_weights(type);
    const bool bytes = view.pointer == Element::u8;
    const std::string attribute = vector_attribute(plan.target, bytes ? VectorUse::floats_of_bytes : VectorUse::floats);
    values["attribute"] = attribute;
    values["weight"] = weights_number(plan);
    values["bias"] = bytes ? "reinterpret_cast<const float*>(weights)" : "weights";
    values["bias_weights"] = std::to_string(view.bias / view.weight);  // the room of so many weights
    values["scale"] = bytes ? fmt::format(" * {}", view.weight) : "";
    values["scale_open"] = bytes ? "(" : "";
    values["scale_close"] = bytes ? fmt::format(") * {}", view.weight) : "";
    values["load_weights"] = bytes ? "load_some_weights" : "load_some";
    values["load_some_weights"] = bytes ? print_load_weights(type, attribute) : "";
}

/// Channels of the widest pixel that a window of whole numbers finds outside its map.
int most_outside(const Plan& plan) {
    int most = 1;
    for (const Stage* stage : all_stages(plan))
        if (const std::optional<WholeNumbers>& whole = stage->kernel.whole; whole && is_compact(plan, *stage))
            if (whole->input_zeros[0] != 0 && taps(kernel_window(stage->kernel)) > 1)
                most = std::max(most, stage->kernel.input().channels);
    return (most + terms_at_once - 1) / terms_at_once * terms_at_once;
}

void add_whole_holes(const Plan& plan, TemplateValues& values) {
    values["attribute"] = vector_attribute(plan.target, VectorUse::whole_numbers);
    values["most_outside"] = std::to_string(most_outside(plan));
}

std::string compact_source(const Plan& plan, const std::string& header, const std::string& space) {
    const bool whole = is_whole(plan);
    std::string tiles, table;
    int most_sums = 0, most_taps = 1;
    std::set<std::pair<int, int>> printed;
    for (int vectors = 1; vectors <= 4; ++vectors) {
        std::string row;
        for (int pixels : compact_tiles(plan.target, vectors, whole ? Element::u8 : Element::f32)) {
            const Function function = whole ? lower_add_whole_terms(plan.target, pixels, vectors)
                                            : lower_add_terms(plan.target, pixels, vectors, weights_type(plan));
            if (printed.emplace(pixels, vectors).second)
                tiles += (tiles.empty() ? "" : "\n") + print_function(function, plan.target);
            row += fmt::format("{}{{{}, {}}}", row.empty() ? "" : ", ", pixels, function.name);
            most_sums = std::max(most_sums, pixels * vectors);
        }
        table += fmt::format("{{{}}},\n", row);
    }
    for (const Stage* stage : all_stages(plan))
        most_taps = std::max(most_taps, kernel_window(stage->kernel).rows.kernel);
    TemplateValues values{{"header", header},
                          {"space", space},
                          {"shared", plan.target.toolchain.shared},
                          {"lanes", std::to_string(vector_unit(plan.target, Element::f32).lanes)},
                          {"most_taps", std::to_string(most_taps)},
                          {"most_sums", std::to_string(most_sums)},
                          {"tiles", tiles},
                          {"tile_table", table}};
    if (whole)
        add_whole_holes(plan, values);
    else
        add_weights_holes(plan, values);
    return wrap_lines(fill_template(whole ? "layers/compact_whole.cpp" : "layers/compact.cpp", values));
}

}  // namespace

bool is_compact(const Plan& plan, const Stage& stage) {
    return plan.compact && !std::holds_alternative<std::monostate>(compact_layer(stage.kernel));
}

std::string print_compact_layer(const Stage& stage, const std::vector<NamedNumber>& shape) {
    return std::visit(PrintLayer(stage.kernel, shape), compact_layer(stage.kernel));
}

std::string print_compact_function(const Target& target, const Step& step, const Stage& stage,
                                   const std::string& signature) {
    const bool whole = stage.kernel.whole.has_value();
    const std::string addend = stage.kernel.epilogue.adds_input ? "addend, " : "nullptr, ";
    const PrintCall call{step.stream, map_number(whole ? Element::u8 : Element::f32), whole ? "" : addend};
    return target.toolchain.shared + signature + " {\n" + std::visit(call, compact_layer(stage.kernel)) + "}\n";
}

std::string compact_space(const Plan& plan) {
    const std::string text = compact_header(plan, "", "") + compact_source(plan, "", "");
    const VectorUse of_floats = weights_pointer(plan) == Element::u8 ? VectorUse::floats_of_bytes : VectorUse::floats;
    return kernel_space(plan, "of_all_shapes", text, is_whole(plan) ? VectorUse::whole_numbers : of_floats) +
           "::compact";
}

std::string print_compact_kernels(const Plan& plan) { return compact_source(plan, "", compact_space(plan)); }

void emit_compact(const Emission& emission, FileSet& files) {
    const std::string space = compact_space(emission.plan), header = file_header(emission.command);
    files.add("layers/compact.h", compact_header(emission.plan, header, space));
    files.add(compact_file, compact_source(emission.plan, header, space));
}

}  // namespace ssdgen
