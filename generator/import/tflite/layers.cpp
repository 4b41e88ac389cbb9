#include "import/tflite/values.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

#include <algorithm>

namespace ssdgen::tflite {

namespace {

constexpr int largest_window = 255;  // as a description may say

/// [out][kh][kw][in] to [out][in][kh][kw]; with the map in place of the kernel, a fully connected layer's inputs alike.
std::vector<float> channels_first(const std::vector<float>& values, std::size_t outputs, std::size_t taps,
                                  std::size_t channels) {
    std::vector<float> ordered(values.size());
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t t = 0; t < taps; ++t)
            for (std::size_t c = 0; c < channels; ++c)
                ordered[(o * channels + c) * taps + t] = values[(o * taps + t) * channels + c];
    return ordered;
}

}  // namespace

NetworkLayer Walker::new_layer(LayerKind kind, const Value& input) const {
    NetworkLayer layer;
    layer.kind = kind;
    layer.name = tensor(operation().outputs[0]).name;
    layer.place = fmt::format("operator {}", current_);
    layer.input = input.kind == Value::Kind::picture ? -1 : input.parts[0];
    layer.in = map_of(input);
    layer.out = layer.in;
    return layer;
}

void Walker::add_layer(NetworkLayer layer, std::vector<int> shape) {
    if (layer.input >= 0) network_.layers[static_cast<std::size_t>(layer.input)].feeds_layer = true;
    if (element_count(shape) < 1) fail("gives shape {}; allowed: at most 2^31 values", shape_text(shape));
    Value value;
    value.kind = Value::Kind::layers;
    value.shape = std::move(shape);
    value.parts = {static_cast<int>(network_.layers.size())};
    network_.layers.push_back(std::move(layer));
    output_tensors_.push_back(operation().outputs[0]);
    give(std::move(value));
}

void Walker::read_window(NetworkLayer& layer, const Value& input, int kernel_height, int kernel_width) {
    const Options& options = operation().options;
    const auto square = [this](std::string_view what, int height, int width) {
        if (height != width || height < 1 || height > largest_window)
            fail("has a {} of {}x{}; allowed: the same both ways, 1 to {}", what, height, width, largest_window);
        return height;
    };
    layer.kernel = square("kernel", kernel_height, kernel_width);
    layer.stride = square("stride", options.stride_height, options.stride_width);
    layer.dilation = square("dilation", options.dilation_height, options.dilation_width);
    resolve_padding(layer, input);
}

void Walker::resolve_padding(NetworkLayer& layer, const Value& input) {
    if (operation().options.same_padding) {
        if (input.pads) fail("pads by SAME what PAD padded before; allowed: VALID after PAD");
        layer.padding = PaddingRule::same;
        layer.out.height = static_cast<int>(same_output(layer.in.height, layer.stride));
        layer.out.width = static_cast<int>(same_output(layer.in.width, layer.stride));
        return;
    }
    const Pads pads = input.pads.value_or(Pads{0, 0, 0, 0});
    const std::int64_t window = static_cast<std::int64_t>(layer.dilation) * (layer.kernel - 1) + 1;
    const std::int64_t height = padded_output(layer.in.height, pads[0] + pads[2], window, layer.stride);
    const std::int64_t width = padded_output(layer.in.width, pads[1] + pads[3], window, layer.stride);
    if (height < 1 || width < 1)
        fail("has a window of {0}x{0} on a map of {1}x{2}; allowed: a window that fits", window, layer.in.height,
             layer.in.width);
    layer.padding = PaddingRule::caffe;
    layer.pad = pads;
    layer.out.height = static_cast<int>(height);
    layer.out.width = static_cast<int>(width);
}

std::vector<float> Walker::bias_scales(const Tensor& weight) const {
    const std::vector<float> input = scales_of(tensor(input_tensor(0)));
    std::vector<float> scales = scales_of(weight);
    if (input.size() != 1) return {};
    for (float& scale : scales) scale *= input[0];
    return scales;
}

void Walker::read_bias(NetworkLayer& layer, const Tensor& weight) {
    const auto channels = static_cast<std::size_t>(layer.out.channels);
    layer.bias.shape = {layer.out.channels};
    if (operation().inputs.size() < 3 || operation().inputs[2] < 0) {
        layer.bias.values.assign(channels, 0.0F);
        return;
    }
    const Tensor& bias = constant(2);
    const std::int64_t count = bias.shape.empty() ? 1 : element_count(bias.shape);
    if (count != layer.out.channels)
        fail("has a bias of shape {} for {} channels; allowed: one number a channel", shape_text(bias.shape),
             layer.out.channels);
    // A bias has one axis, the output channels, whatever dimension its scales claim (converters repeat the weights').
    Tensor row = bias;
    row.shape = {layer.out.channels};
    row.quantization.dimension = 0;
    layer.bias.values = bias_values(where(), row, bias_scales(weight));
}

void Walker::convolution() {
    need(2, 3);
    need_options();
    const Value& from = whole_map(0);
    NetworkLayer layer = new_layer(LayerKind::convolution, from);
    const Tensor& weight = constant(1);
    const std::vector<int>& shape = weight.shape;
    if (shape.size() != 4 || shape[3] != layer.in.channels)
        fail("has weights of shape {} for {} input channels; allowed: [out,kernel,kernel,in]", shape_text(shape),
             layer.in.channels);
    layer.out.channels = shape[0];
    read_window(layer, from, shape[1], shape[2]);
    layer.activation = fused_activation();
    const auto taps = static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]);
    layer.weight.shape = {shape[0], shape[3], shape[1], shape[2]};
    layer.weight.values = channels_first(constant_values(where(), weight), static_cast<std::size_t>(shape[0]), taps,
                                         static_cast<std::size_t>(shape[3]));
    read_bias(layer, weight);
    std::vector<int> out{1, layer.out.height, layer.out.width, layer.out.channels};
    add_layer(std::move(layer), std::move(out));
}

void Walker::depthwise() {
    need(2, 3);
    need_options();
    const Value& from = whole_map(0);
    NetworkLayer layer = new_layer(LayerKind::depthwise, from);
    const Tensor& weight = constant(1);
    const std::vector<int>& shape = weight.shape;
    const int channels = layer.in.channels;
    if (shape.size() != 4 || shape[0] != 1 || shape[3] < 1 || shape[3] % channels != 0)
        fail("has weights of shape {} for {} input channels; allowed: [1,kernel,kernel,channels]", shape_text(shape),
             channels);
    if (shape[3] != channels) {
        if (channels != 1)
            fail(
                "has a depth multiplier of {} on {} channels; allowed: 1, or any on a single channel (a depthwise "
                "layer "
                "keeps its channels, and an ordinary convolution would multiply by zeros {} times out of {})",
                shape[3] / channels, channels, channels - 1, channels);
        // Of one channel it is an ordinary convolution, whose weights lie the same way.
        layer.kind = LayerKind::convolution;
        layer.out.channels = shape[3];
    }
    read_window(layer, from, shape[1], shape[2]);
    layer.activation = fused_activation();
    const auto taps = static_cast<std::size_t>(shape[1]) * static_cast<std::size_t>(shape[2]);
    layer.weight.shape = {shape[3], 1, shape[1], shape[2]};
    layer.weight.values = channels_first(constant_values(where(), weight), 1, taps, static_cast<std::size_t>(shape[3]));
    read_bias(layer, weight);
    std::vector<int> out{1, layer.out.height, layer.out.width, layer.out.channels};
    add_layer(std::move(layer), std::move(out));
}

void Walker::fully_connected() {
    need(2, 3);
    need_options();
    if (operation().options.weights_format != 0) fail("has shuffled weights; allowed: plain ones");
    const Value& from = unpadded(feature(0));
    if (from.parts.size() > 1) fail("takes joined layers; allowed: one");
    NetworkLayer layer = new_layer(LayerKind::fully_connected, from);
    const Tensor& weight = constant(1);
    const std::int64_t inputs = element_count({layer.in.height, layer.in.width, layer.in.channels});
    if (weight.shape.size() != 2 || weight.shape[1] != inputs)
        fail("has weights of shape {} for {} inputs; allowed: [out,in]", shape_text(weight.shape), inputs);
    layer.out = {1, 1, weight.shape[0]};
    layer.activation = fused_activation();
    layer.weight.shape = weight.shape;
    layer.weight.values =
        channels_first(constant_values(where(), weight), static_cast<std::size_t>(weight.shape[0]),
                       static_cast<std::size_t>(layer.in.height) * static_cast<std::size_t>(layer.in.width),
                       static_cast<std::size_t>(layer.in.channels));
    read_bias(layer, weight);
    const std::vector<int>& stated = tensor(operation().outputs[0]).shape;
    const bool more_axes = element_count(stated) == layer.out.channels && !stated.empty();
    std::vector<int> out = more_axes ? stated : std::vector<int>{1, layer.out.channels};
    add_layer(std::move(layer), std::move(out));
}

void Walker::average_pool() {
    need(1, 1);
    need_options();
    no_fused_activation();
    const Value& from = unpadded(whole_map(0));
    NetworkLayer layer = new_layer(LayerKind::average_pool, from);
    const Options& options = operation().options;
    const bool covers = options.filter_height == layer.in.height && options.filter_width == layer.in.width;
    const bool once = options.stride_height >= 1 && options.stride_width >= 1 &&
                      (!options.same_padding || (same_output(layer.in.height, options.stride_height) == 1 &&
                                                 same_output(layer.in.width, options.stride_width) == 1));
    if (covers && once) {
        layer.kernel = 0;
        layer.out.height = layer.out.width = 1;
    } else {
        if (options.same_padding) fail("averages under SAME padding; allowed: VALID, or a window over the whole map");
        read_window(layer, from, options.filter_height, options.filter_width);
        if ((layer.in.height - layer.kernel) % layer.stride != 0 || (layer.in.width - layer.kernel) % layer.stride != 0)
            fail(
                "has windows of {0}x{0} with stride {1} that leave over some of the {2}x{3} map; allowed: windows that "
                "use it up",
                layer.kernel, layer.stride, layer.in.height, layer.in.width);
    }
    std::vector<int> out{1, layer.out.height, layer.out.width, layer.out.channels};
    add_layer(std::move(layer), std::move(out));
}

void Walker::mean() {
    need(2, 2);
    const Value& from = unpadded(whole_map(0));
    NetworkLayer layer = new_layer(LayerKind::average_pool, from);
    std::vector<int> axes = constant_integers(where(), constant(1));
    for (int& axis : axes)
        if (axis < 0) axis += 4;
    std::sort(axes.begin(), axes.end());
    if (axes != std::vector<int>{1, 2})
        fail("averages over axes {}; allowed: [1,2], height and width", shape_text(axes));
    layer.kernel = 0;
    layer.out.height = layer.out.width = 1;
    const bool keeps_axes = tensor(operation().outputs[0]).shape.size() == 4;
    std::vector<int> out =
        keeps_axes ? std::vector<int>{1, 1, 1, layer.out.channels} : std::vector<int>{1, layer.out.channels};
    add_layer(std::move(layer), std::move(out));
}

}  // namespace ssdgen::tflite
