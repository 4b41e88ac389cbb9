// The layers of a prototxt that become layers of the network.

#include "description/limits.h"
#include "graph/shapes.h"
#include "graph/weight_layout.h"
#include "import/caffe/walker.h"
#include "support/warnings.h"

#include <algorithm>

namespace ssdgen::caffe {

namespace {

constexpr unsigned largest_window{limits::window};
constexpr unsigned largest_channels{limits::layer_channels};

/// A size that is given once for both axes, as the repeated field, or apart as _h and _w. {0, 0}: none given.
std::array<unsigned, 2> both_axes(const google::protobuf::RepeatedField<google::protobuf::uint32>& together, bool apart,
                                  unsigned height, unsigned width, unsigned usual, bool& contradicts) {
    if (apart) {
        contradicts = contradicts || together.size() > 0;
        return {height, width};
    }
    if (together.size() == 0) return {usual, usual};
    contradicts = contradicts || together.size() > 2;
    return {together.Get(0), together.Get(together.size() - 1)};
}

/// Whether a kernel, stride or dilation is within its limits.
bool fits(const std::array<unsigned, 2>& pair) {
    return std::min(pair[0], pair[1]) >= 1 && std::max(pair[0], pair[1]) <= largest_window;
}

PerAxis numbers(const std::array<unsigned, 2>& pair) { return {static_cast<int>(pair[0]), static_cast<int>(pair[1])}; }

/// Equal up to leading axes of length 1: the old form of a shape always has four.
bool same_shape(const std::vector<int>& found, const std::vector<int>& expected) {
    const auto core = [](const std::vector<int>& shape) {
        return std::vector<int>(std::find_if(shape.begin(), shape.end(), [](int size) { return size != 1; }),
                                shape.end());
    };
    return core(found) == core(expected);
}

}  // namespace

void Walker::give_layer(TensorId made, std::vector<int> shape) {
    const Shape& map = builder_.shape(made);
    if (elements(map) > std::int64_t{1} << 30)
        fail("makes a map of {}x{}x{}; allowed: at most 2^30 values", map.channels, map.height, map.width);
    Value value;
    value.shape = std::move(shape);
    value.parts = {made};
    give(std::move(value));
}

void Walker::give_map(TensorId made) {
    const Shape& map = builder_.shape(made);
    give_layer(made, {1, map.channels, map.height, map.width});
}

void Walker::input() {
    if (layer().bottom_size() != 0 || layer().top_size() != 1 || layer().input_param().shape_size() != 1)
        fail("has {} tops and {} shapes; allowed: one, the picture", layer().top_size(),
             layer().input_param().shape_size());
    const TransformationParameter& transform = layer().transform_param();
    if (transform.has_scale() || transform.mean_value_size() != 0 || transform.has_mean_file())
        warn(where(), "found transform_param, which an Input layer does not heed; --mean and --scale have to say it");
    const auto& shape = layer().input_param().shape(0).dim();
    set_picture({shape.begin(), shape.end()}, tops_[static_cast<std::size_t>(current_)][0]);
}

WindowRule Walker::read_window() const {
    const ConvolutionParameter& given = layer().convolution_param();
    bool contradicts = given.dilation_size() > 2;
    const auto kernel = both_axes(given.kernel_size(), given.has_kernel_h() || given.has_kernel_w(), given.kernel_h(),
                                  given.kernel_w(), 0, contradicts);
    const auto stride = both_axes(given.stride(), given.has_stride_h() || given.has_stride_w(), given.stride_h(),
                                  given.stride_w(), 1, contradicts);
    const auto pad =
        both_axes(given.pad(), given.has_pad_h() || given.has_pad_w(), given.pad_h(), given.pad_w(), 0, contradicts);
    const auto dilation = both_axes(given.dilation(), false, 0, 0, 1, contradicts);
    if (contradicts || !fits(kernel) || !fits(stride) || !fits(dilation) || std::max(pad[0], pad[1]) > largest_window)
        fail(
            "has kernel {}x{}, stride {}x{}, dilation {}x{}, pad {}x{}; allowed: kernel, stride and dilation of 1 to "
            "{}, pad of 0 to {}, each given once",
            kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1], pad[0], pad[1], largest_window,
            largest_window);
    WindowRule rule;
    rule.kernel = numbers(kernel);
    rule.stride = numbers(stride);
    rule.dilation = numbers(dilation);
    const int pad_y = static_cast<int>(pad[0]);
    const int pad_x = static_cast<int>(pad[1]);
    rule.pads = Pads{pad_y, pad_x, pad_y, pad_x};
    return rule;
}

/// Whether the layer is a depthwise one.
bool Walker::read_group(int inputs) const {
    const ConvolutionParameter& given = layer().convolution_param();
    const auto channels = static_cast<unsigned>(inputs);
    const bool named_depthwise = layer().type() != "Convolution";
    if (given.num_output() < 1 || given.num_output() > largest_channels)
        fail("has num_output {}; allowed: 1 to {}", given.num_output(), largest_channels);
    if (given.axis() != 1) fail("has axis {}; allowed: 1, the channels", given.axis());
    if (given.group() == 1 && !named_depthwise) return false;
    const bool each_channel = given.group() == channels || (named_depthwise && given.group() == 1);
    if (!each_channel || given.num_output() != channels)
        fail("has group {} and num_output {} on {} channels; allowed: group 1, or both as many as channels (depthwise)",
             given.group(), given.num_output(), channels);
    return inputs > 1;
}

/// Weights of that shape, turned into the order of a graph. None if the blob does not fit, or (told already) is not
/// there.
WeightTensor Walker::weight_blob(const WeightTensor& blob, const std::vector<int>& shape, const Turn& turn) {
    if (blob.empty()) return {};
    if (same_shape(blob.shape, shape)) return turn({shape, blob.floats()});
    misfit("has weights of shape {} for layer '{}' ({}); allowed: {}", spell_shape(blob.shape), shown(layer().name()),
           shown(layer().type()), spell_shape(shape));
    return {};
}

void Walker::convolution() {
    need(1);
    const TensorId input = whole_map(0).parts[0];
    const int inputs = builder_.shape(input).channels;
    const PlacedWindow placed = builder_.place(site(), input, read_window());
    const bool depthwise = read_group(inputs);
    const ConvolutionParameter& given = layer().convolution_param();
    const int outputs = static_cast<int>(given.num_output());
    const auto [rows, columns] = kernel_of(placed.window);
    std::vector<WeightTensor> blobs = take_blobs(given.bias_term() ? 2 : 1);
    if (depthwise) {
        Depthwise built;
        built.weights = weight_blob(blobs[0], {outputs, 1, rows, columns}, depthwise_weights);
        built.bias = {{outputs}, bias_blob(blobs, outputs)};
        return give_map(builder_.add_depthwise(site(), input, placed, std::move(built)));
    }
    Convolution built;
    built.weights = weight_blob(blobs[0], {outputs, inputs, rows, columns}, convolution_weights);
    built.bias = {{outputs}, bias_blob(blobs, outputs)};
    give_map(builder_.add_convolution(site(), input, placed, outputs, std::move(built)));
}

void Walker::inner_product() {
    need(1);
    const InnerProductParameter& given = layer().inner_product_param();
    const Value& from = bottom(0);
    const bool of_one =
        from.kind == Value::Kind::picture ||
        (from.kind == Value::Kind::features && from.parts.size() == 1 && !from.channels_last && !from.conversion);
    if (!of_one) fail("takes blob '{}'; allowed: the map of one layer", shown(layer().bottom(0)));
    if (given.axis() != 1 || given.transpose())
        fail("has axis {} and transpose {}; allowed: 1 and false", given.axis(), given.transpose());
    if (given.num_output() < 1 || given.num_output() > largest_channels)
        fail("has num_output {}; allowed: 1 to {}", given.num_output(), largest_channels);
    const Shape map = map_of(from);
    const int outputs = static_cast<int>(given.num_output());
    const int inputs = static_cast<int>(elements(map));
    std::vector<WeightTensor> blobs = take_blobs(given.bias_term() ? 2 : 1);
    FullyConnected built;
    const auto turn = [&](const WeightTensor& neutral) {
        return fully_connected_weights(neutral, map.height, map.width);
    };
    built.weights = weight_blob(blobs[0], {outputs, inputs}, turn);
    built.bias = {{outputs}, bias_blob(blobs, outputs)};
    give_layer(builder_.add_fully_connected(site(), from.parts[0], outputs, std::move(built)), {1, outputs});
}

void Walker::pooling() {
    need(1);
    whole_map(0);
    const PoolingParameter& given = layer().pooling_param();
    if (given.pool() == PoolingParameter::STOCHASTIC)
        fail("pools by {}; allowed: AVE, MAX", PoolingParameter::PoolMethod_Name(given.pool()));
    if (given.pool() == PoolingParameter::MAX) return max_pool();
    const TensorId input = bottom(0).parts[0];
    const Shape map = builder_.shape(input);
    const bool apart = given.has_kernel_h() || given.has_kernel_w();
    const std::int64_t height = apart ? given.kernel_h() : given.kernel_size();
    const std::int64_t width = apart ? given.kernel_w() : given.kernel_size();
    const bool strides_apart = given.has_stride_h() || given.has_stride_w();
    const std::int64_t down = strides_apart ? given.stride_h() : given.stride();
    const std::int64_t across = strides_apart ? given.stride_w() : given.stride();
    if (given.pad() != 0 || given.pad_h() != 0 || given.pad_w() != 0)
        fail("has a pad of {}; allowed: 0, the mean being over whole windows",
             std::max({given.pad(), given.pad_h(), given.pad_w()}));
    if (std::min(down, across) < 1 || std::max(down, across) > limits::window)
        fail("has stride {}x{}; allowed: 1 to {}", down, across, limits::window);
    if (given.global_pooling() || (height == map.height && width == map.width))
        return give_map(builder_.add_average_pool(site(), input, builder_.place_over_map(input)));
    if (std::min(height, width) < 1 || height > std::min(map.height, limits::window) ||
        width > std::min(map.width, limits::window))
        fail("has a window of {}x{} on a map of {}x{}; allowed: one that fits, or global_pooling", height, width,
             map.height, map.width);
    // Caffe rounds the count of windows up, and averages over what is left at the border; a description does not.
    WindowRule rule;
    rule.kernel = {static_cast<int>(height), static_cast<int>(width)};
    rule.stride = {static_cast<int>(down), static_cast<int>(across)};
    give_map(builder_.add_average_pool(site(), input, builder_.place_pool(site(), input, rule)));
}

void Walker::max_pool() {
    const PoolingParameter& given = layer().pooling_param();
    const TensorId input = bottom(0).parts[0];
    const Shape map = builder_.shape(input);
    if (given.global_pooling()) return give_map(builder_.add_max_pool(site(), input, builder_.place_over_map(input)));
    const auto pair = [](bool apart, unsigned height, unsigned width, unsigned both) {
        return apart ? std::array<unsigned, 2>{height, width} : std::array<unsigned, 2>{both, both};
    };
    const auto kernel =
        pair(given.has_kernel_h() || given.has_kernel_w(), given.kernel_h(), given.kernel_w(), given.kernel_size());
    const auto stride =
        pair(given.has_stride_h() || given.has_stride_w(), given.stride_h(), given.stride_w(), given.stride());
    const auto pad = pair(given.has_pad_h() || given.has_pad_w(), given.pad_h(), given.pad_w(), given.pad());
    const bool once = stride[0] >= 1 && stride[1] >= 1 && pad[0] == 0 && pad[1] == 0;
    if (once && std::int64_t{kernel[0]} == map.height && std::int64_t{kernel[1]} == map.width)
        return give_map(builder_.add_max_pool(site(), input, builder_.place_over_map(input)));
    if (!fits(kernel) || !fits(stride) || std::max(pad[0], pad[1]) > largest_window)
        fail("has kernel {}x{}, stride {}x{}, pad {}x{}; allowed: kernel and stride of 1 to {}, pad of 0 to {}",
             kernel[0], kernel[1], stride[0], stride[1], pad[0], pad[1], largest_window, largest_window);
    WindowRule rule;
    rule.kernel = numbers(kernel);
    rule.stride = numbers(stride);
    const int pad_y = static_cast<int>(pad[0]);
    const int pad_x = static_cast<int>(pad[1]);
    rule.pads = Pads{pad_y, pad_x, pad_y, pad_x};
    rule.rounding = given.round_mode() == PoolingParameter::FLOOR ? PoolRounding::floor : PoolRounding::ceil;
    give_map(builder_.add_max_pool(site(), input, builder_.place_max_pool(site(), input, rule)));
}

}  // namespace ssdgen::caffe
