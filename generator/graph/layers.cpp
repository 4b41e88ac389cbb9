#include "graph/layers.h"

#include "description/limits.h"
#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

std::string place_of(const Graph& graph, const LayerDescription& layer) {
    return fmt::format("{}: {}", at(graph.file, layer.pointer), layer.name);
}

template <class Made>
std::pair<Operation, Shape> any(Made made) {
    return {std::move(made.first), made.second};
}

std::pair<Operation, Shape> make_operation(const LayerSite& site) {
    switch (site.layer.kind) {
        case LayerKind::convolution:
        case LayerKind::pointwise: return any(make_convolution(site));
        case LayerKind::depthwise: return any(make_depthwise(site));
        case LayerKind::average_pool: return any(make_average_pool(site));
        case LayerKind::max_pool: return any(make_max_pool(site));
        case LayerKind::fully_connected: return any(make_fully_connected(site));
        case LayerKind::add: return any(make_add(site));
        case LayerKind::concat: return any(make_concat(site));
        case LayerKind::softmax: return any(make_softmax(site));
    }
    check(false, "every layer kind is known");
    return {};
}

}  // namespace

TensorId add_tensor(Graph& graph, const std::string& name, const Shape& shape, const std::string& where) {
    if (shape.channels > limits::graph_channels || elements(shape) > limits::graph_elements)
        fail_input(where, "found a map of {}; allowed: at most {} channels and {} values", to_string(shape),
                   limits::graph_channels, limits::graph_elements);
    graph.tensors.push_back({name, shape});
    return static_cast<TensorId>(graph.tensors.size()) - 1;
}

TensorId add_picture(Graph& graph, const InputDescription& input, int height, int width) {
    const std::string where = at(graph.file, "/input");
    const auto channels = static_cast<std::size_t>(input.channels);
    if (input.channels != channels_of(input.order))
        fail_input(where, "found {} channels; allowed: 1 in the order gray, 3 in the orders rgb and bgr",
                   input.channels);
    if (input.mean.size() != channels || input.scale.size() != channels)
        fail_input(where, "found {} means and {} scales; allowed: one a channel, {}", input.mean.size(),
                   input.scale.size(), input.channels);
    const Shape shape{height, width, input.channels};
    graph.input = add_tensor(graph, "input", shape, where);
    graph.tensors.back().element = Element::u8;
    const TensorId normalised = add_tensor(graph, "input/normalised", shape, where);
    graph.nodes.push_back({"input", Normalise{input.mean, input.scale}, {graph.input}, {normalised}, "/input"});
    return normalised;
}

TensorId add_layer(Graph& graph, const LayerDescription& layer, const std::vector<TensorId>& inputs, int channels) {
    std::vector<Shape> maps;
    for (const TensorId input : inputs) maps.push_back(shape_of(graph, input));
    const std::string where = place_of(graph, layer);
    auto [operation, output_shape] = make_operation({layer, maps, channels, where});
    const TensorId output = add_tensor(graph, layer.name, output_shape, where);
    graph.nodes.push_back({layer.name, std::move(operation), inputs, {output}, layer.pointer});
    return output;
}

}  // namespace ssdgen
