#include "import/graph_builder.h"

#include "description/layer_keys.h"
#include "description/layer_kinds.h"
#include "description/limits.h"
#include "graph/build.h"
#include "graph/shapes.h"
#include "import/scale.h"
#include "import/shown.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

void check_rule(const WindowRule& rule) {
    for (const PerAxis& number : {rule.kernel, rule.stride, rule.dilation})
        check(std::min(number.rows, number.columns) >= 1 && std::max(number.rows, number.columns) <= limits::window,
              "a window's numbers are within their limits");
    for (const int pad : rule.pads) check(pad >= 0 && pad <= limits::window, "pads are within their limits");
    check(rule.padding == PaddingRule::caffe || rule.pads == Pads{0, 0, 0, 0}, "only one rule has pads of its own");
}

}  // namespace

GraphBuilder::GraphBuilder(std::string file) { model_.graph.file = std::move(file); }

const Shape& GraphBuilder::shape(TensorId tensor) const { return shape_of(model_.graph, tensor); }

const Node& GraphBuilder::node(TensorId tensor) const {
    return model_.graph.nodes.at(static_cast<std::size_t>(layer_of(tensor)));
}

Node& GraphBuilder::node(TensorId tensor) { return model_.graph.nodes.at(static_cast<std::size_t>(layer_of(tensor))); }

const LayerOrigin& GraphBuilder::origin(TensorId tensor) const {
    return model_.origins.at(static_cast<std::size_t>(layer_of(tensor)));
}

TensorId GraphBuilder::input_of(TensorId tensor) const { return node(tensor).inputs[0]; }

bool GraphBuilder::is_fully_connected(TensorId tensor) const {
    return layer_kind(node(tensor)) == LayerKind::fully_connected;
}

TensorId GraphBuilder::set_picture(const Shape& shape) {
    check(model_.graph.tensors.empty(), "a model has one picture, before its layers");
    model_.graph.tensors.push_back({"input", shape});
    model_.picture.factor.assign(static_cast<std::size_t>(shape.channels), 1.0);
    model_.picture.shift.assign(static_cast<std::size_t>(shape.channels), 0.0);
    return model_.graph.input;
}

void GraphBuilder::scale_picture(const std::vector<double>& factors) {
    PictureSteps& picture = model_.picture;
    check(factors.size() == picture.factor.size(), "a factor a channel");
    for (std::size_t i = 0; i < factors.size(); ++i) {
        picture.factor[i] *= factors[i];
        picture.shift[i] *= factors[i];
    }
}

void GraphBuilder::shift_picture(const std::vector<double>& shifts) {
    PictureSteps& picture = model_.picture;
    check(shifts.size() == picture.shift.size(), "a shift a channel");
    for (std::size_t i = 0; i < shifts.size(); ++i) picture.shift[i] += shifts[i];
}

void GraphBuilder::reverse_picture() {
    PictureSteps& picture = model_.picture;
    picture.reversed = !picture.reversed;
    std::reverse(picture.factor.begin(), picture.factor.end());
    std::reverse(picture.shift.begin(), picture.shift.end());
}

bool GraphBuilder::computes_with_picture() const {
    const auto scales = [](double factor) { return factor != 1; };
    const auto shifts = [](double shift) { return shift != 0; };
    const PictureSteps& picture = model_.picture;
    return std::any_of(picture.factor.begin(), picture.factor.end(), scales) ||
           std::any_of(picture.shift.begin(), picture.shift.end(), shifts);
}

PlacedWindow GraphBuilder::place(const Site& site, TensorId input, const WindowRule& rule) const {
    check_rule(rule);
    const Shape& map = shape(input);
    const Window window = place_window(rule, map.height, map.width);
    const auto& [rows, columns] = window;
    if (rows.output < 1 || columns.output < 1)
        fail_input(site.where, "has a window of {}x{} on a map of {}x{}; allowed: a window that fits", extent(rows),
                   extent(columns), map.height, map.width);
    return {window, rule, {rows.output, columns.output, map.channels}};
}

PlacedWindow GraphBuilder::place_pool(const Site& site, TensorId input, const WindowRule& rule) const {
    const PlacedWindow placed = place(site, input, rule);
    const Shape& map = shape(input);
    const PerAxis &kernel = rule.kernel, &stride = rule.stride;
    if ((map.height - kernel.rows) % stride.rows != 0 || (map.width - kernel.columns) % stride.columns != 0)
        fail_input(site.where,
                   "has windows of {}x{} with stride {} that leave over some of the {}x{} map; allowed: windows that "
                   "use it up",
                   kernel.rows, kernel.columns, to_string(stride), map.height, map.width);
    return placed;
}

PlacedWindow GraphBuilder::place_max_pool(const Site& site, TensorId input, const WindowRule& rule) const {
    const PlacedWindow placed = place(site, input, rule);
    const Shape& map = shape(input);
    if (!touches_map(placed.window.rows, map.height) || !touches_map(placed.window.columns, map.width))
        fail_input(
            site.where,
            "has windows of {}x{} with stride {} that lie beside the {}x{} map; allowed: windows of which a pixel at "
            "least is inside",
            rule.kernel.rows, rule.kernel.columns, to_string(rule.stride), map.height, map.width);
    return placed;
}

PlacedWindow GraphBuilder::place_over_map(TensorId input) const {
    const Shape& map = shape(input);
    return {{whole_axis(map.height), whole_axis(map.width)}, {}, {1, 1, map.channels}};
}

TensorId GraphBuilder::add(const Site& site, const std::vector<TensorId>& inputs, Operation operation,
                           const Shape& output, const WindowRule& rule) {
    Graph& graph = model_.graph;
    for (const TensorId input : inputs)
        if (layer_of(input) >= 0) model_.origins.at(static_cast<std::size_t>(layer_of(input))).feeds_layer = true;
    // A description gives the layers their names; those of a file may be none, or stand for several.
    const std::string name = fmt::format("layer {}", graph.nodes.size());
    const auto made = static_cast<TensorId>(graph.tensors.size());
    graph.tensors.push_back({name, output});
    graph.nodes.push_back({name, std::move(operation), inputs, {made}, ""});
    model_.origins.push_back({site.place, site.name, rule, false});
    return made;
}

TensorId GraphBuilder::add_convolution(const Site& site, TensorId input, const PlacedWindow& placed, int channels,
                                       Convolution layer) {
    layer.window = placed.window;
    return add(site, {input}, std::move(layer), {placed.output.height, placed.output.width, channels}, placed.rule);
}

TensorId GraphBuilder::add_depthwise(const Site& site, TensorId input, const PlacedWindow& placed, Depthwise layer) {
    layer.window = placed.window;
    return add(site, {input}, std::move(layer), placed.output, placed.rule);
}

TensorId GraphBuilder::add_average_pool(const Site& site, TensorId input, const PlacedWindow& placed) {
    return add(site, {input}, AveragePool{placed.window, false}, placed.output, placed.rule);
}

TensorId GraphBuilder::add_max_pool(const Site& site, TensorId input, const PlacedWindow& placed) {
    return add(site, {input}, MaxPool{placed.window}, placed.output, placed.rule);
}

TensorId GraphBuilder::add_fully_connected(const Site& site, TensorId input, int channels, FullyConnected layer) {
    return add(site, {input}, std::move(layer), {1, 1, channels}, {});
}

TensorId GraphBuilder::add_sum(const Site& site, const std::vector<TensorId>& inputs, Add layer) {
    check(inputs.size() > 1, "a sum is of several maps");
    for (const TensorId input : inputs)
        check(layer_of(input) >= 0 && shape(input) == shape(inputs[0]), "a sum is of layers' maps of one shape");
    return add(site, inputs, layer, shape(inputs[0]), {});
}

TensorId GraphBuilder::add_concat(const Site& site, const std::vector<TensorId>& inputs) {
    check(inputs.size() > 1, "a concat is of several maps");
    const Shape& first = shape(inputs[0]);
    std::int64_t channels = 0;
    for (const TensorId input : inputs) {
        const Shape& map = shape(input);
        check(layer_of(input) >= 0 && map.height == first.height && map.width == first.width,
              "a concat is of layers' maps of one height and width");
        channels += map.channels;
    }
    if (channels > limits::graph_channels)
        fail_input(site.where, "joins {} channels; allowed: at most {}", channels, limits::graph_channels);
    return add(site, inputs, Concat{}, {first.height, first.width, static_cast<int>(channels)}, {});
}

bool GraphBuilder::takes_activation(TensorId tensor) const {
    return presence("activation", layer_kind(node(tensor))) != Presence::never;
}

Activation GraphBuilder::activation_of(TensorId tensor) const {
    return std::visit([](const auto& operation) { return ssdgen::activation_of(operation); }, node(tensor).operation);
}

void GraphBuilder::join_activation(TensorId tensor, Activation activation) {
    Operation& operation = node(tensor).operation;
    check(takes_activation(tensor), "an activation follows a layer with weights or a sum");
    if (auto* layer = std::get_if<Convolution>(&operation)) layer->activation = activation;
    if (auto* layer = std::get_if<Depthwise>(&operation)) layer->activation = activation;
    if (auto* layer = std::get_if<FullyConnected>(&operation)) layer->activation = activation;
    if (auto* layer = std::get_if<Add>(&operation)) layer->activation = activation;
}

bool GraphBuilder::takes_batch_norm(TensorId tensor) const {
    const std::optional<BatchNorm>* norm = batch_norm_of(node(tensor));
    return norm != nullptr && !*norm;
}

void GraphBuilder::join_batch_norm(TensorId tensor, BatchNorm norm) {
    check(takes_batch_norm(tensor), "a batch norm follows a convolution without one");
    Node& owner = node(tensor);
    if (auto* layer = std::get_if<Convolution>(&owner.operation))
        layer->batch_norm = std::move(norm);
    else
        std::get<Depthwise>(owner.operation).batch_norm = std::move(norm);
}

bool GraphBuilder::takes_scale(TensorId tensor) const { return has_weights(layer_kind(node(tensor))); }

void GraphBuilder::join_scale(TensorId tensor, const std::vector<float>& gamma, const std::vector<float>& beta) {
    Operation& operation = node(tensor).operation;
    check(takes_scale(tensor), "a scale follows a layer with weights");
    if (auto* layer = std::get_if<Convolution>(&operation))
        ssdgen::join_scale({layer->weights.floats(), layer->bias.floats(), &layer->batch_norm, false}, gamma, beta);
    if (auto* layer = std::get_if<Depthwise>(&operation))
        ssdgen::join_scale({layer->weights.floats(), layer->bias.floats(), &layer->batch_norm, true}, gamma, beta);
    if (auto* layer = std::get_if<FullyConnected>(&operation))
        ssdgen::join_scale({layer->weights.floats(), layer->bias.floats(), nullptr, false}, gamma, beta);
}

void GraphBuilder::set_output(TensorId logits, const std::optional<ScoreConversion>& scores) {
    model_.graph.logits = logits;
    model_.graph.scores = scores;
}

void GraphBuilder::refuse_loose_ends() const {
    std::vector<bool> ends(model_.graph.tensors.size(), false);
    if (model_.graph.logits >= 0) ends[static_cast<std::size_t>(model_.graph.logits)] = true;
    if (model_.detector)
        for (const auto* parts : {&model_.detector->boxes, &model_.detector->scores})
            for (const TensorId part : *parts) ends[static_cast<std::size_t>(part)] = true;
    for (std::size_t i = 0; i < model_.origins.size(); ++i) {
        const LayerOrigin& origin = model_.origins[i];
        const auto made = static_cast<std::size_t>(model_.graph.nodes[i].outputs[0]);
        if (!ends[made] && !origin.feeds_layer)
            fail_input(file(), "{} '{}' makes what nothing takes; allowed: layers that lead to the result",
                       origin.place, shown(origin.name));
    }
}

void GraphBuilder::connect_last_layer() {
    Node& last = node(model_.graph.logits);
    auto* convolution = std::get_if<Convolution>(&last.operation);
    if (convolution == nullptr || convolution->batch_norm) return;
    const Window& window = convolution->window;
    const Shape& map = shape(last.inputs[0]);
    const Shape& output = shape(model_.graph.logits);
    const bool on_a_point = map.height == 1 && map.width == 1 && output.height == 1 && output.width == 1;
    if (!on_a_point || taps(window) != 1 || is_padded(window)) return;
    last.operation =
        FullyConnected{convolution->activation, std::move(convolution->weights), std::move(convolution->bias)};
}

ModelGraph GraphBuilder::finish() {
    Graph& graph = model_.graph;
    if (model_.detector) {
        check_layers(graph);
        return std::move(model_);
    }
    connect_last_layer();
    if (graph.scores == ScoreConversion::softmax) {
        const auto made = static_cast<TensorId>(graph.tensors.size());
        graph.tensors.push_back({"softmax", shape(graph.logits)});
        graph.nodes.push_back({"softmax", Softmax{}, {graph.logits}, {made}, ""});
    }
    check_graph(graph);
    return std::move(model_);
}

}  // namespace ssdgen
