#include "description/limits.h"
#include "graph/shapes.h"
#include "import/tflite/values.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"
#include "weights/layout.h"

#include <algorithm>

namespace ssdgen::tflite {

// Weights lie as in a graph: [out][kernel y][kernel x][in], a depthwise layer's [kernel y][kernel x][channels], a fully
// connected one's [out][y][x][in].

void Walker::give_layer(TensorId made, std::vector<int> shape) {
    if (element_count(shape) < 1) fail("gives shape {}; allowed: at most 2^31 values", spell_shape(shape));
    Value value;
    value.kind = Value::Kind::layers;
    value.shape = std::move(shape);
    value.parts = {made};
    layers_.emplace_back(made, operation().outputs[0]);
    if (input(0).kind == Value::Kind::picture) picture_ = input_tensor(0);
    give(std::move(value));
}

void Walker::give_map(TensorId made) {
    const Shape& map = builder_.shape(made);
    give_layer(made, {1, map.height, map.width, map.channels});
}

WindowRule Walker::read_window(const Value& input, int kernel_height, int kernel_width) const {
    const Options& options = operation().options;
    const auto numbers = [this](std::string_view what, int height, int width) {
        if (std::min(height, width) < 1 || std::max(height, width) > limits::window)
            fail("has a {} of {}x{}; allowed: 1 to {} both ways", what, height, width, limits::window);
        return PerAxis{height, width};
    };
    WindowRule rule;
    rule.kernel = numbers("kernel", kernel_height, kernel_width);
    rule.stride = numbers("stride", options.stride_height, options.stride_width);
    rule.dilation = numbers("dilation", options.dilation_height, options.dilation_width);
    rule.padding = options.same_padding ? PaddingRule::same : PaddingRule::caffe;
    if (options.same_padding && input.pads) fail("pads by SAME what PAD padded before; allowed: VALID after PAD");
    rule.pads = input.pads.value_or(Pads{0, 0, 0, 0});
    return rule;
}

std::vector<float> Walker::bias_scales(const Tensor& weight) const {
    const std::vector<float> input = scales_of(tensor(input_tensor(0)));
    std::vector<float> scales = scales_of(weight);
    if (input.size() != 1) return {};
    for (float& scale : scales) scale *= input[0];
    return scales;
}

WeightTensor Walker::read_bias(int channels, const Tensor& weight) {
    if (operation().inputs.size() < 3 || operation().inputs[2] < 0)
        return {{channels}, std::vector<float>(static_cast<std::size_t>(channels), 0.0F)};
    const Tensor& bias = constant(2);
    const std::int64_t count = bias.shape.empty() ? 1 : element_count(bias.shape);
    if (count != channels)
        fail("has a bias of shape {} for {} channels; allowed: one number a channel", spell_shape(bias.shape),
             channels);
    // A bias has one axis, the output channels, whatever dimension its scales claim (converters repeat the weights').
    Tensor row = bias;
    row.shape = {channels};
    row.quantization.dimension = 0;
    return bias_tensor(where(), row, bias_scales(weight));
}

void Walker::convolution() {
    need(2, 3);
    need_options();
    const Value& from = whole_map(0);
    const TensorId input = from.parts[0];
    const int channels = map_of(from).channels;
    const Tensor& weight = constant(1);
    const std::vector<int>& shape = weight.shape;
    if (shape.size() != 4 || shape[3] != channels)
        fail("has weights of shape {} for {} input channels; allowed: [out,kernel,kernel,in]", spell_shape(shape),
             channels);
    const PlacedWindow placed = builder_.place(site(), input, read_window(from, shape[1], shape[2]));
    Convolution layer;
    layer.activation = fused_activation();
    layer.weights = constant_tensor(where(), weight);
    layer.bias = read_bias(shape[0], weight);
    give_map(builder_.add_convolution(site(), input, placed, shape[0], std::move(layer)));
}

void Walker::depthwise() {
    need(2, 3);
    need_options();
    const Value& from = whole_map(0);
    const TensorId input = from.parts[0];
    const int channels = map_of(from).channels;
    const Tensor& weight = constant(1);
    const std::vector<int>& shape = weight.shape;
    if (shape.size() != 4 || shape[0] != 1 || shape[3] < 1 || shape[3] % channels != 0)
        fail("has weights of shape {} for {} input channels; allowed: [1,kernel,kernel,channels]", spell_shape(shape),
             channels);
    if (shape[3] != channels && channels != 1)
        fail(
            "has a depth multiplier of {} on {} channels; allowed: 1, or any on a single channel (a depthwise layer "
            "keeps its channels, and an ordinary convolution would multiply by zeros {} times out of {})",
            shape[3] / channels, channels, channels - 1, channels);
    const PlacedWindow placed = builder_.place(site(), input, read_window(from, shape[1], shape[2]));
    Depthwise layer;
    layer.activation = fused_activation();
    layer.weights = reshaped(constant_tensor(where(), weight), {shape[1], shape[2], shape[3]});
    layer.bias = read_bias(shape[3], weight);
    if (shape[3] == channels) return give_map(builder_.add_depthwise(site(), input, placed, std::move(layer)));
    // Of one channel it is an ordinary convolution, of which each output has its own taps.
    Convolution convolution;
    convolution.activation = layer.activation;
    convolution.depth_multiplied = true;
    convolution.weights = reshaped(permuted(layer.weights, {2, 0, 1}), {shape[3], shape[1], shape[2], 1});
    convolution.bias = std::move(layer.bias);
    give_map(builder_.add_convolution(site(), input, placed, shape[3], std::move(convolution)));
}

void Walker::fully_connected() {
    need(2, 3);
    need_options();
    if (operation().options.weights_format != 0) fail("has shuffled weights; allowed: plain ones");
    const Value& from = unpadded(feature(0));
    if (from.parts.size() > 1) fail("takes joined layers; allowed: one");
    const TensorId input = from.parts[0];
    const Tensor& weight = constant(1);
    const std::int64_t inputs = elements(map_of(from));
    if (weight.shape.size() != 2 || weight.shape[1] != inputs)
        fail("has weights of shape {} for {} inputs; allowed: [out,in]", spell_shape(weight.shape), inputs);
    const int channels = weight.shape[0];
    FullyConnected layer;
    layer.activation = fused_activation();
    const Shape& map = map_of(from);
    layer.weights = reshaped(constant_tensor(where(), weight), {channels, map.height, map.width, map.channels});
    layer.bias = read_bias(channels, weight);
    const std::vector<int>& stated = tensor(operation().outputs[0]).shape;
    const bool more_axes = element_count(stated) == channels && !stated.empty();
    give_layer(builder_.add_fully_connected(site(), input, channels, std::move(layer)),
               more_axes ? stated : std::vector<int>{1, channels});
}

/// Whether a pool has one window, which is the map.
bool Walker::covers_map(const Shape& map) const {
    const Options& options = operation().options;
    const bool covers = options.filter_height == map.height && options.filter_width == map.width;
    const bool once =
        options.stride_height >= 1 && options.stride_width >= 1 &&
        (!options.same_padding || (options.stride_height >= map.height && options.stride_width >= map.width));
    return covers && once;
}

void Walker::average_pool() {
    need(1, 1);
    need_options();
    no_fused_activation();
    const Value& from = unpadded(whole_map(0));
    const TensorId input = from.parts[0];
    const Options& options = operation().options;
    if (covers_map(map_of(from)))
        return give_map(builder_.add_average_pool(site(), input, builder_.place_over_map(input)));
    if (options.same_padding) fail("averages under SAME padding; allowed: VALID, or a window over the whole map");
    const WindowRule rule = read_window(from, options.filter_height, options.filter_width);
    give_map(builder_.add_average_pool(site(), input, builder_.place_pool(site(), input, rule)));
}

void Walker::max_pool() {
    need(1, 1);
    need_options();
    no_fused_activation();
    const Value& from = unpadded(whole_map(0));  // the zeros of a PAD would count
    const TensorId input = from.parts[0];
    if (covers_map(map_of(from))) return give_map(builder_.add_max_pool(site(), input, builder_.place_over_map(input)));
    const Options& options = operation().options;
    const WindowRule rule = read_window(from, options.filter_height, options.filter_width);
    give_map(builder_.add_max_pool(site(), input, builder_.place_max_pool(site(), input, rule)));
}

void Walker::mean() {
    need(2, 2);
    const Value& from = unpadded(whole_map(0));
    const TensorId input = from.parts[0];
    std::vector<int> axes = constant_integers(where(), constant(1));
    for (int& axis : axes)
        if (axis < 0) axis += 4;
    std::sort(axes.begin(), axes.end());
    if (axes != std::vector<int>{1, 2})
        fail("averages over axes {}; allowed: [1,2], height and width", spell_shape(axes));
    const TensorId made = builder_.add_average_pool(site(), input, builder_.place_over_map(input));
    if (tensor(operation().outputs[0]).shape.size() == 4) return give_map(made);
    give_layer(made, {1, builder_.shape(made).channels});
}

}  // namespace ssdgen::tflite
