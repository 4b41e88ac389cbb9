// The layers of a prototxt that become layers of the network.

#include "import/caffe/walker.h"
#include "support/warnings.h"

#include <algorithm>

namespace ssdgen::caffe {

namespace {

constexpr unsigned largest_window = 255;  // as a description may say
constexpr unsigned largest_channels = 65536;

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

/// Equal up to leading axes of length 1: the old form of a shape always has four.
bool same_shape(const std::vector<int>& found, const std::vector<int>& expected) {
    const auto core = [](const std::vector<int>& shape) {
        return std::vector<int>(std::find_if(shape.begin(), shape.end(), [](int size) { return size != 1; }),
                                shape.end());
    };
    return core(found) == core(expected);
}

}  // namespace

Map Walker::map_of(const Value& value) const {
    if (value.kind == Value::Kind::picture) return network_.input;
    return network_.layers[static_cast<std::size_t>(value.parts[0])].out;
}

NetworkLayer Walker::new_layer(LayerKind kind) const {
    const Value& from = bottom(0);
    NetworkLayer built;
    built.kind = kind;
    built.name = layer().name();
    built.place = "layer";
    built.input = from.kind == Value::Kind::picture ? -1 : from.parts[0];
    built.in = map_of(from);
    built.out = built.in;
    return built;
}

void Walker::add_layer(NetworkLayer built, std::vector<int> shape) {
    if (built.input >= 0) network_.layers[static_cast<std::size_t>(built.input)].feeds_layer = true;
    const std::int64_t plane = std::int64_t{built.out.height} * built.out.width;
    if (plane * built.out.channels > std::int64_t{1} << 30)
        fail("makes a map of {}x{}x{}; allowed: at most 2^30 values", built.out.channels, built.out.height,
             built.out.width);
    Value value;
    value.shape = std::move(shape);
    value.parts = {static_cast<int>(network_.layers.size())};
    network_.layers.push_back(std::move(built));
    scaled_.push_back(false);
    give(std::move(value));
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

void Walker::read_window(NetworkLayer& built) {
    const ConvolutionParameter& given = layer().convolution_param();
    bool contradicts = given.dilation_size() > 2;
    const auto kernel = both_axes(given.kernel_size(), given.has_kernel_h() || given.has_kernel_w(), given.kernel_h(),
                                  given.kernel_w(), 0, contradicts);
    const auto stride = both_axes(given.stride(), given.has_stride_h() || given.has_stride_w(), given.stride_h(),
                                  given.stride_w(), 1, contradicts);
    const auto pad =
        both_axes(given.pad(), given.has_pad_h() || given.has_pad_w(), given.pad_h(), given.pad_w(), 0, contradicts);
    const auto dilation = both_axes(given.dilation(), false, 0, 0, 1, contradicts);
    const auto fits = [](const std::array<unsigned, 2>& pair) {
        return pair[0] == pair[1] && pair[0] >= 1 && pair[0] <= largest_window;
    };
    if (contradicts || !fits(kernel) || !fits(stride) || !fits(dilation) || std::max(pad[0], pad[1]) > largest_window)
        fail(
            "has kernel {}x{}, stride {}x{}, dilation {}x{}, pad {}x{}; allowed: square kernel, stride and dilation of "
            "1 "
            "to {}, pad of 0 to {}, each given once",
            kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1], pad[0], pad[1], largest_window,
            largest_window);
    built.kernel = static_cast<int>(kernel[0]);
    built.stride = static_cast<int>(stride[0]);
    built.dilation = static_cast<int>(dilation[0]);
    const int pad_y = static_cast<int>(pad[0]);
    const int pad_x = static_cast<int>(pad[1]);
    built.pad = Pads{pad_y, pad_x, pad_y, pad_x};
    const int window = built.dilation * (built.kernel - 1) + 1;
    const std::int64_t height = padded_output(built.in.height, std::int64_t{2} * pad_y, window, built.stride);
    const std::int64_t width = padded_output(built.in.width, std::int64_t{2} * pad_x, window, built.stride);
    if (height < 1 || width < 1)
        fail("has a window of {0}x{0} on a map of {1}x{2}; allowed: a window that fits", window, built.in.height,
             built.in.width);
    built.out.height = static_cast<int>(height);
    built.out.width = static_cast<int>(width);
}

void Walker::read_group(NetworkLayer& built) {
    const ConvolutionParameter& given = layer().convolution_param();
    const auto inputs = static_cast<unsigned>(built.in.channels);
    const bool named_depthwise = layer().type() != "Convolution";
    if (given.num_output() < 1 || given.num_output() > largest_channels)
        fail("has num_output {}; allowed: 1 to {}", given.num_output(), largest_channels);
    built.out.channels = static_cast<int>(given.num_output());
    if (given.axis() != 1) fail("has axis {}; allowed: 1, the channels", given.axis());
    if (given.group() == 1 && !named_depthwise) return;
    const bool each_channel = given.group() == inputs || (named_depthwise && given.group() == 1);
    if (!each_channel || given.num_output() != inputs)
        fail("has group {} and num_output {} on {} channels; allowed: group 1, or both as many as channels (depthwise)",
             given.group(), given.num_output(), inputs);
    if (inputs > 1) built.kind = LayerKind::depthwise;
}

/// Weights of that shape; no values if the blob does not fit, or (told already) is not there.
WeightTensor Walker::weight_blob(WeightTensor& blob, const std::vector<int>& shape) {
    if (blob.values.empty()) return {shape, {}};
    if (same_shape(blob.shape, shape)) return {shape, std::move(blob.values)};
    misfit("has weights of shape {} for layer '{}' ({}); allowed: {}", shape_text(blob.shape), shown(layer().name()),
           shown(layer().type()), shape_text(shape));
    return {shape, {}};
}

void Walker::convolution() {
    need(1);
    whole_map(0);
    NetworkLayer built = new_layer(LayerKind::convolution);
    read_window(built);
    read_group(built);
    const bool bias = layer().convolution_param().bias_term();
    std::vector<WeightTensor> blobs = take_blobs(bias ? 2 : 1);
    const int inputs = built.kind == LayerKind::depthwise ? 1 : built.in.channels;
    const std::vector<int> expected{built.out.channels, inputs, built.kernel, built.kernel};
    built.weight = weight_blob(blobs[0], expected);
    built.bias.shape = {built.out.channels};
    built.bias.values = bias ? channel_blob(blobs[1], built.out.channels)
                             : std::vector<float>(static_cast<std::size_t>(built.out.channels), 0.0F);
    std::vector<int> shape{1, built.out.channels, built.out.height, built.out.width};
    add_layer(std::move(built), std::move(shape));
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
    NetworkLayer built = new_layer(LayerKind::fully_connected);
    built.out = {1, 1, static_cast<int>(given.num_output())};
    const int inputs = built.in.height * built.in.width * built.in.channels;
    std::vector<WeightTensor> blobs = take_blobs(given.bias_term() ? 2 : 1);
    const std::vector<int> expected{built.out.channels, inputs};
    built.weight = weight_blob(blobs[0], expected);
    built.bias.shape = {built.out.channels};
    built.bias.values = given.bias_term() ? channel_blob(blobs[1], built.out.channels)
                                          : std::vector<float>(static_cast<std::size_t>(built.out.channels), 0.0F);
    std::vector<int> shape{1, built.out.channels};
    add_layer(std::move(built), std::move(shape));
}

void Walker::pooling() {
    need(1);
    whole_map(0);
    const PoolingParameter& given = layer().pooling_param();
    if (given.pool() != PoolingParameter::AVE)
        fail("pools by {}; allowed: AVE", PoolingParameter::PoolMethod_Name(given.pool()));
    NetworkLayer built = new_layer(LayerKind::average_pool);
    const bool apart = given.has_kernel_h() || given.has_kernel_w();
    const std::int64_t height = apart ? given.kernel_h() : given.kernel_size();
    const std::int64_t width = apart ? given.kernel_w() : given.kernel_size();
    const bool strides_apart = given.has_stride_h() || given.has_stride_w();
    const std::int64_t stride = strides_apart ? given.stride_h() : given.stride();
    if (given.pad() != 0 || given.pad_h() != 0 || given.pad_w() != 0)
        fail("has a pad of {}; allowed: 0, the mean being over whole windows",
             std::max({given.pad(), given.pad_h(), given.pad_w()}));
    if (stride < 1 || stride > largest_window || (strides_apart && given.stride_h() != given.stride_w()))
        fail("has stride {}x{}; allowed: a square one of 1 to {}", stride, strides_apart ? given.stride_w() : stride,
             largest_window);
    if (given.global_pooling() || (height == built.in.height && width == built.in.width)) {
        built.kernel = 0;
        built.out.height = built.out.width = 1;
    } else {
        if (height != width || height < 1 || height > std::min({built.in.height, built.in.width, 255}))
            fail("has a window of {}x{} on a map of {}x{}; allowed: a square one that fits, or global_pooling", height,
                 width, built.in.height, built.in.width);
        // Caffe rounds the count of windows up, and averages over what is left at the border; a description does not.
        if ((built.in.height - height) % stride != 0 || (built.in.width - width) % stride != 0)
            fail(
                "has windows of {0}x{0} with stride {1} that leave over some of the {2}x{3} map; allowed: windows that "
                "use "
                "it up",
                height, stride, built.in.height, built.in.width);
        built.kernel = static_cast<int>(height);
        built.stride = static_cast<int>(stride);
        built.out.height = static_cast<int>((built.in.height - height) / stride) + 1;
        built.out.width = static_cast<int>((built.in.width - width) / stride) + 1;
    }
    std::vector<int> shape{1, built.out.channels, built.out.height, built.out.width};
    add_layer(std::move(built), std::move(shape));
}

}  // namespace ssdgen::caffe
