#include "graph/operations/fully_connected.h"

#include "description/spelling.h"
#include "graph/weight_layout.h"
#include "support/error.h"

namespace ssdgen {

namespace {

std::int64_t inputs_of(const Shape& map) { return std::int64_t{map.height} * map.width * map.channels; }

}  // namespace

std::pair<FullyConnected, Shape> make_fully_connected(const LayerSite& site) {
    check_weights_plausible(inputs_of(site.inputs[0]), site.channels, site.where);
    FullyConnected operation;
    operation.activation = site.layer.activation;
    return {operation, {1, 1, site.channels}};
}

const char* kind_of(const FullyConnected&) { return spell(LayerKind::fully_connected); }

const Window* window_of(const FullyConnected&) { return nullptr; }

Activation activation_of(const FullyConnected& operation) { return operation.activation; }

std::string details_of(const FullyConnected& operation) {
    return activation_suffix(" ", operation.activation) + weights_details(operation.weights);
}

Arity arity_of(const FullyConnected&) { return {}; }

std::int64_t weight_count(const FullyConnected&, const NodeMaps& maps) {
    return inputs_of(maps.input()) * maps.channels();
}

std::vector<TensorSpec> specs_of(const FullyConnected&, const std::string& layer, const NodeMaps& maps) {
    const std::int64_t inputs = inputs_of(maps.input());
    return weight_and_bias(layer, {maps.output().channels, static_cast<int>(inputs)}, inputs);
}

void bind(FullyConnected& operation, LayerParameters parameters) {
    check(!parameters.batch_norm, "a fully connected layer has no batch norm");
    const Shape& map = parameters.maps.input();
    operation.weights = fully_connected_weights(parameters.weight, map.height, map.width);
    operation.bias = std::move(parameters.bias);
}

std::string weight_words(const FullyConnected&) { return "[out][in], in = (channel * height + y) * width + x"; }

void check_operation(const FullyConnected& operation, const NodeCheck& node) {
    const Shape &input = node.maps.input(), &output = node.maps.output();
    node.require(output.height == 1 && output.width == 1, "a fully connected layer makes a 1x1 map");
    node.require_parameters(operation.weights, {node.maps.channels(), input.height, input.width, input.channels},
                            operation.bias, std::nullopt);
}

}  // namespace ssdgen
