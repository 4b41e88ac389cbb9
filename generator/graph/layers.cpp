#include "graph/layers.h"

#include "description/limits.h"
#include "graph/shapes.h"
#include "support/error.h"

namespace ssdgen {

namespace {

std::string place_of(const Graph& graph, const LayerDescription& layer) {
    return fmt::format("{}: {}", at(graph.file, layer.pointer), layer.name);
}

void check_plausible(const LayerDescription& layer, const std::string& where) {
    const Pads pads = layer.pad.value_or(Pads{0, 0, 0, 0});
    for (const int value : {layer.kernel, layer.stride, layer.dilation})
        if (value < 1 || value > limits::graph_window)
            fail_input(where, "found kernel {}, stride {}, dilation {}; allowed: 1 to {} each", layer.kernel,
                       layer.stride, layer.dilation, limits::graph_window);
    for (const int value : pads)
        if (value < 0 || value > limits::graph_window)
            fail_input(where, "found a pad of {}; allowed: 0 to {}", value, limits::graph_window);
    if (layer.padding == PaddingRule::same && layer.pad)
        fail_input(where, "found pad beside the padding \"same\"; allowed: pad with \"caffe\" only");
}

/// The window of a layer on a map, and the map that it makes (channels as before).
std::pair<Window, Shape> place_window(const LayerDescription& layer, const Shape& input, const std::string& where) {
    check_plausible(layer, where);
    const int centred = layer.dilation * (layer.kernel - 1) / 2;
    const Pads pads = layer.pad.value_or(Pads{centred, centred, centred, centred});
    const auto place = [&](int size, int before, int after) {
        const WindowAxis axis{layer.kernel, layer.stride, layer.dilation, before, after};
        return layer.padding == PaddingRule::same ? same_axis(size, axis) : caffe_axis(size, axis);
    };
    const Window window{place(input.height, pads[0], pads[2]), place(input.width, pads[1], pads[3])};
    const auto [rows, columns] = window;
    if (rows.output < 1 || columns.output < 1)
        fail_input(where, "found a map of {}x{}, {}x{} with its padding; allowed: at least {} for the window",
                   input.height, input.width, input.height + rows.before + rows.after,
                   input.width + columns.before + columns.after, extent(rows));
    return {window, {rows.output, columns.output, input.channels}};
}

void check_weights_plausible(std::int64_t inputs, std::int64_t outputs, const std::string& where) {
    if (inputs > limits::graph_elements / outputs)
        fail_input(where, "found {} outputs of {} terms each; allowed: at most {} weights a layer", outputs, inputs,
                   limits::graph_elements);
}

std::pair<Operation, Shape> make_convolution(const LayerDescription& layer, const Shape& input, int channels,
                                             const std::string& where) {
    auto [window, shape] = place_window(layer, input, where);
    shape.channels = channels;
    check_weights_plausible(taps(window) * input.channels, channels, where);
    Convolution convolution;
    convolution.window = window;
    convolution.activation = layer.activation;
    return {convolution, shape};
}

std::pair<Operation, Shape> make_pool(LayerDescription layer, const Shape& input, const std::string& where) {
    if (layer.kernel != 0) {
        const auto [window, shape] = place_window(layer, input, where);
        if (is_padded(window))
            fail_input(where,
                       "found an average_pool with padding; allowed: no padding, the mean being over whole windows");
        return {AveragePool{window}, shape};
    }
    return {AveragePool{Window{whole_axis(input.height), whole_axis(input.width)}}, {1, 1, input.channels}};
}

std::pair<Operation, Shape> make_operation(const LayerDescription& layer, const Shape& input, int channels,
                                           const std::string& where) {
    switch (layer.kind) {
        case LayerKind::convolution:
        case LayerKind::pointwise: return make_convolution(layer, input, channels, where);
        case LayerKind::depthwise: {
            const auto [window, shape] = place_window(layer, input, where);
            Depthwise depthwise;
            depthwise.window = window;
            depthwise.activation = layer.activation;
            return {depthwise, shape};
        }
        case LayerKind::average_pool: return make_pool(layer, input, where);
        case LayerKind::fully_connected: {
            check_weights_plausible(elements(input), channels, where);
            FullyConnected fully_connected;
            fully_connected.activation = layer.activation;
            return {fully_connected, {1, 1, channels}};
        }
        case LayerKind::softmax: return {Softmax{}, input};
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

TensorId add_layer(Graph& graph, const LayerDescription& layer, TensorId input, int channels) {
    const std::string where = place_of(graph, layer);
    auto [operation, output_shape] = make_operation(layer, shape_of(graph, input), channels, where);
    const TensorId output = add_tensor(graph, layer.name, output_shape, where);
    graph.nodes.push_back({layer.name, std::move(operation), {input}, {output}, layer.pointer});
    return output;
}

}  // namespace ssdgen
