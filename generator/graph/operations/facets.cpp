#include "graph/operations/facets.h"

#include "description/limits.h"
#include "support/error.h"

#include <fmt/ranges.h>

namespace ssdgen {

namespace {

bool fits(const WindowAxis& axis, int size) {
    return axis.output > 0 && extent(axis, axis.output) <= size + axis.before + axis.after;
}

bool has_shape(const WeightTensor& tensor, const std::vector<int>& shape) {
    return tensor.shape == shape && tensor.size() == product(shape);
}

void check_plausible(const LayerDescription& layer, const std::string& where) {
    const Pads pads = layer.pad.value_or(Pads{0, 0, 0, 0});
    const auto plausible = [](int value) { return value >= 1 && value <= limits::graph_window; };
    for (const PerAxis& value : {layer.kernel, layer.stride, layer.dilation})
        if (!plausible(value.rows) || !plausible(value.columns))
            fail_input(where, "found kernel {}, stride {}, dilation {}; allowed: 1 to {} each", to_string(layer.kernel),
                       to_string(layer.stride), to_string(layer.dilation), limits::graph_window);
    for (const int value : pads)
        if (value < 0 || value > limits::graph_window)
            fail_input(where, "found a pad of {}; allowed: 0 to {}", value, limits::graph_window);
    if (layer.padding == PaddingRule::same && layer.pad)
        fail_input(where, "found pad beside the padding \"same\"; allowed: pad with \"caffe\" only");
    if (layer.padding == PaddingRule::same && layer.rounding != PoolRounding::floor)
        fail_input(where, "found a rounding beside the padding \"same\"; allowed: rounding with \"caffe\" only");
}

}  // namespace

int NodeMaps::channels() const {
    int channels = 0;
    for (const Shape& output : outputs) channels += output.channels;
    return channels;
}

void NodeCheck::require(bool holds, const char* what) const {
    if (!holds) check(false, fmt::format("{}: {}", name_, what));
}

void NodeCheck::require_same_channels(const char* what) const {
    require(maps.outputs.size() == 1 && maps.output().channels == maps.input().channels, what);
}

void NodeCheck::require_window(const Window& window) const {
    require(window.rows.output == maps.output().height && window.columns.output == maps.output().width,
            "the window makes the output's size");
    require(fits(window.rows, maps.input().height) && fits(window.columns, maps.input().width),
            "the window stands on the padded map");
}

void NodeCheck::require_addend() const {
    if (maps.inputs.size() == 1) return;
    require(maps.outputs.size() == 1 && maps.inputs[1] == maps.output(), "what is added has the output's shape");
}

void NodeCheck::require_parameters(const WeightTensor& weights, const std::vector<int>& shape, const WeightTensor& bias,
                                   const std::optional<BatchNorm>& norm) const {
    if (weights.empty()) {
        require(bias.empty() && !norm, "weights, bias and batch norm are bound together");
        return;
    }
    require(has_shape(weights, shape), "the weights have their size");
    require(has_shape(bias, {maps.channels()}), "a bias an output");
    if (!norm) return;
    for (const std::vector<float>* values : {&norm->mean, &norm->variance, &norm->gamma, &norm->beta})
        require(values->size() == static_cast<std::size_t>(maps.channels()), "a batch norm has a value an output");
}

std::string window_details(const Window& window) {
    std::string text =
        fmt::format(" {}x{}/{}", window.rows.kernel, window.columns.kernel, to_string(stride_of(window)));
    if (dilation_of(window) != 1) text += " dilation " + to_string(dilation_of(window));
    if (is_padded(window)) text += fmt::format(" pads {}", fmt::join(pads_of(window), ","));
    return text;
}

std::string weights_details(const WeightTensor& weights) { return weights.empty() ? " (no weights)" : ""; }

std::vector<TensorSpec> weight_and_bias(const std::string& layer, std::vector<int> weight, std::int64_t fan_in) {
    const int outputs = weight[0];
    return {{layer + ".weight", std::move(weight), static_cast<int>(fan_in)}, {layer + ".bias", {outputs}, 0}};
}

Window place_window(const LayerSite& site) {
    const LayerDescription& layer = site.layer;
    const Shape& input = site.inputs[0];
    check_plausible(layer, site.where);
    const Pads pads = layer.pad.value_or(centred_pads(layer.kernel, layer.dilation));
    const WindowRule rule{layer.kernel, layer.stride, layer.dilation, layer.padding, pads, layer.rounding};
    const Window window = place_window(rule, input.height, input.width);
    const auto& [rows, columns] = window;
    if (rows.output < 1 || columns.output < 1)
        fail_input(site.where, "found a map of {}x{}, {}x{} with its padding; allowed: at least {} for the window",
                   input.height, input.width, input.height + rows.before + rows.after,
                   input.width + columns.before + columns.after, to_string(PerAxis{extent(rows), extent(columns)}));
    return window;
}

void check_weights_plausible(std::int64_t terms, std::int64_t outputs, const std::string& where) {
    if (terms > limits::graph_elements / outputs)
        fail_input(where, "found {} outputs of {} terms each; allowed: at most {} weights a layer", outputs, terms,
                   limits::graph_elements);
}

}  // namespace ssdgen
