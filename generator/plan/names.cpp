#include "plan/names.h"

#include "description/identifier.h"
#include "description/spelling.h"
#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/whole_numbers.h"
#include "support/error.h"
#include "support/hash.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace ssdgen {

namespace {

/// "_top", or nothing.
std::string part(const std::string& name) { return name.empty() ? "" : "_" + name; }

std::string of_output(std::optional<int> output) { return output ? fmt::format("_output_{}", *output) : ""; }

}  // namespace

std::string identifier(const std::string& layer) { return c_identifier(layer); }

std::string function_name(const std::string& layer) { return "run_" + identifier(layer); }

std::string stream_class(const std::string& step_function) {
    const std::string start = "run_";
    check(step_function.rfind(start, 0) == 0, "functions of steps have names of their kind");
    return "stream_of_" + step_function.substr(start.size());
}

std::string stage_row_name(const Stage& stage) { return stage.kernel_name + "_floats"; }

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

namespace {

/// Whether a window of stride 1 with these pads makes as many outputs as there are inputs; what is one too many for
/// both sides stands behind.
bool keeps_size(const WindowAxis& axis) {
    const int all = axis.dilation * (axis.kernel - 1);
    return axis.before == all / 2 && axis.after == all - all / 2;
}

/// "p1", all four; "p0_1", before and after; "p0_2_1_0", top, left, bottom, right; "" for those that keep the size.
std::string pads_name(const Window& window) {
    const WindowAxis &rows = window.rows, &columns = window.columns;
    if (keeps_size(rows) && keeps_size(columns)) return "";
    if (rows.before != columns.before || rows.after != columns.after)
        return fmt::format("p{}", fmt::join(pads_of(window), "_"));
    if (rows.before != rows.after) return fmt::format("p{}_{}", rows.before, rows.after);
    return fmt::format("p{}", rows.before);
}

}  // namespace

std::string window_name(const Window& window) {
    std::string name = fmt::format("_{}x{}", window.rows.kernel, window.columns.kernel);
    if (stride_of(window) != 1) name += "s" + to_string(stride_of(window));
    if (dilation_of(window) != 1) name += "d" + to_string(dilation_of(window));
    return name + pads_name(window);
}

std::string shortened_name(const std::string& name) {
    if (name.size() <= kernel_name_length) return name;
    const std::string hash = fmt::format("_{:08x}", hash_bytes(name) >> 32);
    return name.substr(0, name.rfind('_', kernel_name_length - hash.size())) + hash;
}

std::string steps_name(const Kernel& kernel) {
    const auto steps = [](const std::vector<MapView>& maps, const char* word) {
        const bool slices = std::any_of(maps.begin(), maps.end(), [](const MapView& map) { return !map.is_dense(); });
        std::string text;
        for (const MapView& map : maps) text += fmt::format("{}{}", text.empty() ? word : "_", map.pixel_stride);
        return slices ? text : std::string();
    };
    return steps(kernel.inputs, "_in") + steps(kernel.outputs, "_out");
}

std::string rows_name(int stream_rows) {
    if (stream_rows == 0) return "";
    return stream_rows == 1 ? "_row" : fmt::format("_{}rows", stream_rows);
}

std::string signature_name(const Signature& signature) {
    return signature.weight == Element::f32 ? "" : fmt::format("_{}", spell(signature.weight));
}

std::string epilogue_name(const Epilogue& epilogue) {
    return (epilogue.adds_input ? "_add" : "") + activation_suffix("_", epilogue.activation);
}

std::string stream_name(const std::vector<Stage>& stages, const Target& target) {
    const Kernel &first = stages[0].kernel, &last = stages.back().kernel;
    const auto* depthwise = std::get_if<DepthwiseKernel>(&first.kind);
    const bool one_feed_each =
        std::all_of(stages.begin(), stages.end(), [](const Stage& stage) { return stage.feeds.size() == 1; });
    if (stages.size() == 2 && one_feed_each && depthwise && std::holds_alternative<PointwiseKernel>(last.kind))
        return "separable_" + to_string(first.input()) + window_name(depthwise->window) +
               epilogue_name(first.epilogue) + whole_name(first) + fmt::format("_to_{}", last.output().channels) +
               epilogue_name(last.epilogue) + whole_name(last) + "_tile_" + tile_name(last, target);
    // Layers have names of their own, so these streams have.
    if (stages.size() == 1) return "stream_" + stages[0].name;
    return "stream_" + stages[0].name + "_to_" + stages.back().name;
}

std::string unrolled_name(const std::string& name) { return name + "_full"; }

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

std::string unrolled_rows_name(const std::string& kernel_name, const Kernel& kernel, int form) {
    const bool in_rows = std::holds_alternative<PointwiseKernel>(kernel.kind);
    const std::string whole = unrolled_name("");
    const std::size_t end = kernel_name.size() - std::min(kernel_name.size(), whole.size());
    return fmt::format("{}_{}{}", kernel_name.substr(end) == whole ? kernel_name.substr(0, end) : kernel_name,
                       in_rows ? "n" : "y", form);
}

std::string input_row_name(int tap) { return fmt::format("row_{}", tap); }

std::string sum_name(int pixel, int vector) { return fmt::format("acc_p{}c{}", pixel, vector); }

std::string sum_name(int pixel) { return fmt::format("acc_p{}", pixel); }

std::string addend_name(int pixel, int vector) { return fmt::format("add_p{}c{}", pixel, vector); }

std::string addend_name(int pixel) { return fmt::format("add_p{}", pixel); }

namespace {

/// "x1i2", or "i2" without a column.
std::string term_name(const TermName& term) {
    return (term.column ? fmt::format("x{}", *term.column) : "") + fmt::format("i{}", term.channel);
}

}  // namespace

std::string input_name(const TermName& term, int pixel) { return fmt::format("in_{}p{}", term_name(term), pixel); }

std::string input_name(int pixel) { return fmt::format("in_p{}", pixel); }

std::string depthwise_input_name(int row, int column) { return fmt::format("in_y{}x{}", row, column); }

std::string maximum_name(int pixel) { return fmt::format("max_p{}", pixel); }

std::string column_name(int column) { return fmt::format("max_x{}", column); }

std::string weight_name(const TermName& term, int vector) { return fmt::format("w_{}c{}", term_name(term), vector); }

std::string weight_name(int vector) { return fmt::format("w_c{}", vector); }

std::string depthwise_weight_name(int row, int tap) { return fmt::format("w_y{}x{}", row, tap); }

}  // namespace ssdgen
