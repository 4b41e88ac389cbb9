#include "graph/operations/convolution.h"

#include "description/spelling.h"
#include "graph/weight_layout.h"
#include "support/error.h"

namespace ssdgen {

std::pair<Convolution, Shape> make_convolution(const LayerSite& site) {
    Convolution operation;
    operation.window = place_window(site);
    operation.activation = site.layer.activation;
    operation.depth_multiplied = site.layer.depth_multiplied;
    if (operation.depth_multiplied && site.inputs[0].channels != 1)
        fail_input(site.where,
                   "is depth_multiplied and takes {} channels; allowed: 1, or a layer of the type \"depthwise\"",
                   site.inputs[0].channels);
    check_weights_plausible(taps(operation.window) * site.inputs[0].channels, site.channels, site.where);
    return {operation, {operation.window.rows.output, operation.window.columns.output, site.channels}};
}

const char* kind_of(const Convolution& operation) {
    return spell(taps(operation.window) == 1 ? LayerKind::pointwise : LayerKind::convolution);
}

const Window* window_of(const Convolution& operation) { return &operation.window; }

Activation activation_of(const Convolution& operation) { return operation.activation; }

std::string details_of(const Convolution& operation) {
    return window_details(operation.window) + activation_suffix(" ", operation.activation) +
           weights_details(operation.weights) + (operation.batch_norm ? " batch norm" : "") +
           (operation.input_mean.empty() ? "" : " takes the mean from the bytes");
}

Arity arity_of(const Convolution&) { return {1, 2}; }

std::int64_t weight_count(const Convolution& operation, const NodeMaps& maps) {
    return taps(operation.window) * maps.input().channels * maps.channels();
}

std::vector<TensorSpec> specs_of(const Convolution& operation, const std::string& layer, const NodeMaps& maps) {
    const Window& window = operation.window;
    return weight_and_bias(layer,
                           {maps.output().channels, maps.input().channels, window.rows.kernel, window.columns.kernel},
                           maps.input().channels * taps(window));
}

void bind(Convolution& operation, LayerParameters parameters) {
    operation.weights = convolution_weights(parameters.weight);
    operation.bias = std::move(parameters.bias);
    operation.batch_norm = std::move(parameters.batch_norm);
}

std::string weight_words(const Convolution&) { return "[out][in][kernel y][kernel x]"; }

void check_operation(const Convolution& operation, const NodeCheck& node) {
    const Window& window = operation.window;
    node.require_window(window);
    node.require_parameters(
        operation.weights,
        {node.maps.channels(), window.rows.kernel, window.columns.kernel, node.maps.input().channels}, operation.bias,
        operation.batch_norm);
    node.require_addend();
    node.require(operation.input_mean.empty() ||
                     operation.input_mean.size() == static_cast<std::size_t>(node.maps.input().channels),
                 "a mean an input channel");
}

}  // namespace ssdgen
