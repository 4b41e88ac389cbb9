#include "graph/operations/depthwise.h"

#include "description/spelling.h"
#include "graph/weight_layout.h"

namespace ssdgen {

std::pair<Depthwise, Shape> make_depthwise(const LayerSite& site) {
    Depthwise operation;
    operation.window = place_window(site);
    operation.activation = site.layer.activation;
    return {operation, {operation.window.rows.output, operation.window.columns.output, site.inputs[0].channels}};
}

const char* kind_of(const Depthwise&) { return spell(LayerKind::depthwise); }

const Window* window_of(const Depthwise& operation) { return &operation.window; }

Activation activation_of(const Depthwise& operation) { return operation.activation; }

std::string details_of(const Depthwise& operation) {
    return window_details(operation.window) + activation_suffix(" ", operation.activation) +
           weights_details(operation.weights) + (operation.batch_norm ? " batch norm" : "");
}

Arity arity_of(const Depthwise&) { return {1, 2}; }

std::int64_t weight_count(const Depthwise& operation, const NodeMaps& maps) {
    return taps(operation.window) * maps.input().channels;
}

std::vector<TensorSpec> specs_of(const Depthwise& operation, const std::string& layer, const NodeMaps& maps) {
    const Window& window = operation.window;
    return weight_and_bias(layer, {maps.output().channels, 1, window.rows.kernel, window.columns.kernel}, taps(window));
}

void bind(Depthwise& operation, LayerParameters parameters) {
    operation.weights = depthwise_weights(parameters.weight);
    operation.bias = std::move(parameters.bias);
    operation.batch_norm = std::move(parameters.batch_norm);
}

std::string weight_words(const Depthwise&) { return "[channel][1][kernel y][kernel x]"; }

void check_operation(const Depthwise& operation, const NodeCheck& node) {
    const Window& window = operation.window;
    node.require_same_channels("a depthwise keeps its channels");
    node.require_window(window);
    node.require_parameters(operation.weights, {window.rows.kernel, window.columns.kernel, node.maps.channels()},
                            operation.bias, operation.batch_norm);
    node.require_addend();
}

}  // namespace ssdgen
