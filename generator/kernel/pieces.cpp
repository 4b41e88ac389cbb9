#include "kernel/pieces.h"

#include "plan/kernels.h"
#include "plan/packing.h"
#include "plan/windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace ssdgen {

WeightsView view_weights(const Kernel& kernel) {
    WeightsView view = view_weights(kernel.signature.weight);
    view.bias *= header_rows(kernel);
    return view;
}

WeightsView view_weights(Element weight) {
    WeightsView view;
    view.element = weight;
    view.pointer = view.element == Element::f32 ? Element::f32 : Element::u8;
    view.bias = bytes_of(Element::f32) / bytes_of(view.pointer);
    view.weight = bytes_of(view.element) / bytes_of(view.pointer);
    return view;
}

namespace {

Expression step(const MapView& map, const char* name) { return Expression::name(map.is_dense() ? "channels" : name); }

/// Of several maps: input_0_step.
void append_step(std::vector<NamedNumber>& numbers, const MapView& map, const std::string& name) {
    if (!map.is_dense()) numbers.push_back({name + "_step", map.pixel_stride, "numbers from a pixel to the next"});
}

/// "stride", or where rows and columns differ "row_stride" and "column_stride".
void append_both(std::vector<NamedNumber>& numbers, const std::string& name, const PerAxis& value) {
    if (is_equal_both_ways(value)) return numbers.push_back({name, value.rows, ""});
    numbers.push_back({"row_" + name, value.rows, ""});
    numbers.push_back({"column_" + name, value.columns, ""});
}

bool has_window(const Kernel& kernel) {
    return !std::holds_alternative<PointwiseKernel>(kernel.kind) &&
           !std::holds_alternative<ElementwiseKernel>(kernel.kind);
}

void append_window(std::vector<NamedNumber>& numbers, const Kernel& kernel) {
    if (!has_window(kernel)) return;
    const Window window = kernel_window(kernel);
    numbers.push_back({"window_height", window.rows.kernel, ""});
    numbers.push_back({"window_width", window.columns.kernel, ""});
    append_both(numbers, "stride", stride_of(window));
    append_both(numbers, "dilation", dilation_of(window));
    numbers.push_back({"pad_top", window.rows.before, ""});
    numbers.push_back({"pad_left", window.columns.before, ""});
    numbers.push_back({"pad_bottom", window.rows.after, ""});
    numbers.push_back({"pad_right", window.columns.after, ""});
}

/// "input_1" of several.
std::string numbered(const char* name, std::size_t index, std::size_t count) {
    return count == 1 ? name : fmt::format("{}_{}", name, index);
}

/// What the inputs are called whose steps the shape states: what is added is no input.
void append_steps(std::vector<NamedNumber>& numbers, const Kernel& kernel) {
    const std::size_t inputs = kernel.inputs.size() - (kernel.epilogue.adds_input ? 1 : 0);
    for (std::size_t input = 0; input < inputs; ++input)
        append_step(numbers, kernel.inputs[input], numbered("input", input, inputs));
    if (kernel.epilogue.adds_input) append_step(numbers, kernel.inputs.back(), "addend");
    for (std::size_t output = 0; output < kernel.outputs.size(); ++output)
        append_step(numbers, kernel.outputs[output], numbered("output", output, kernel.outputs.size()));
}

std::vector<NamedNumber> numbers_of(const Kernel& kernel, const std::vector<NamedNumber>& channels) {
    std::vector<NamedNumber> numbers{{"input_height", kernel.input().height, ""},
                                     {"input_width", kernel.input().width, ""},
                                     {"output_height", kernel.output().height, ""},
                                     {"output_width", kernel.output().width, ""}};
    numbers.insert(numbers.end(), channels.begin(), channels.end());
    append_steps(numbers, kernel);
    append_window(numbers, kernel);
    return numbers;
}

}  // namespace

Expression input_step(const Kernel& kernel) { return step(kernel.inputs[0], "input_step"); }

Expression addend_step(const Kernel& kernel) { return step(kernel.inputs.at(1), "addend_step"); }

Expression output_step(const Kernel& kernel) { return step(kernel.outputs[0], "output_step"); }

std::vector<NamedNumber> shape_numbers(const Kernel& kernel) {
    return numbers_of(kernel, {{"channels", kernel.output().channels, "of inputs and outputs"}});
}

std::vector<NamedNumber> product_numbers(const Kernel& kernel) {
    std::vector<NamedNumber> channels{{"input_channels", kernel.input().channels, ""}};
    for (std::size_t output = 0; output < kernel.outputs.size(); ++output)
        channels.push_back({numbered("output", output, kernel.outputs.size()) + "_channels",
                            kernel.outputs[output].shape.channels, ""});
    return numbers_of(kernel, channels);
}

const char* row_stride(const Window& window) { return is_equal_both_ways(stride_of(window)) ? "stride" : "row_stride"; }

const char* column_stride(const Window& window) {
    return is_equal_both_ways(stride_of(window)) ? "stride" : "column_stride";
}

void append_activation_constants(Body& body, Activation activation) {
    switch (activation) {
        case Activation::none: return;
        case Activation::relu:
            body.push_back(Blank{});
            body.push_back(Constant{"zero", {0.0F}});
            return;
        case Activation::relu6:
            body.push_back(Blank{});
            body.push_back(Constant{"zero", {0.0F}});
            body.push_back(Constant{"six", {6.0F}});
            return;
    }
}

void append_activation(Body& body, Activation activation, const std::string& name) {
    switch (activation) {
        case Activation::none: return;
        case Activation::relu: body.push_back(Arithmetic{Operator::maximum, name, name, "zero"}); return;
        case Activation::relu6:
            body.push_back(Arithmetic{Operator::maximum, name, name, "zero"});
            body.push_back(Arithmetic{Operator::minimum, name, name, "six"});
            return;
    }
}

std::vector<PixelTaps> row_taps(int input_width, const WindowAxis& columns) {
    std::vector<PixelTaps> row;
    for (const TapRange& range : tap_ranges(input_width, columns))
        for (int index = 0; index < range.count; ++index)
            row.push_back({pixel_of(columns, range.first + index, range.first_tap), range.first_tap, range.taps});
    return row;
}

namespace {

TileRun cut_tile(const std::vector<PixelTaps>& row, int first, int pixels) {
    TileRun tile;
    tile.first = first;
    tile.pixels = pixels;
    tile.column = std::numeric_limits<int>::max();
    for (int pixel = first; pixel < first + pixels; ++pixel) {
        tile.taps.push_back(row[std::size_t(pixel)]);
        if (tile.taps.back().taps > 0) tile.column = std::min(tile.column, tile.taps.back().column);
    }
    if (tile.column == std::numeric_limits<int>::max()) tile.column = 0;
    for (PixelTaps& taps : tile.taps) taps.column -= tile.column;
    return tile;
}

bool same_taps(const TileRun& a, const TileRun& b) {
    return a.pixels == b.pixels &&
           std::equal(a.taps.begin(), a.taps.end(), b.taps.begin(), [](const PixelTaps& x, const PixelTaps& y) {
               return x.column == y.column && x.first_tap == y.first_tap && x.taps == y.taps;
           });
}

}  // namespace

std::vector<TileRun> cut_row(const std::vector<PixelTaps>& row, int pixels) {
    std::vector<TileRun> runs;
    for (int first = 0; first < int(row.size()); first += pixels) {
        const TileRun tile = cut_tile(row, first, std::min(pixels, int(row.size()) - first));
        if (!runs.empty() && same_taps(runs.back(), tile))
            ++runs.back().count;
        else
            runs.push_back(tile);
    }
    for (std::size_t index = 0; index < runs.size(); ++index)
        runs[index].name = range_name(index, runs.size(), "left", "inner", "right");
    return runs;
}

Expression row_bound(int end, int output_height) {
    if (end * 2 < output_height) return end;
    return Expression::name("output_height") - Expression(output_height - end);
}

std::string range_name(std::size_t index, std::size_t count, const char* first, const char* middle, const char* last) {
    if (count == 1) return "";
    if (index == 0) return first;
    if (index + 1 == count) return last;
    return count == 3 ? middle : fmt::format("{}{}", middle, index);
}

}  // namespace ssdgen
