#include "graph/shapes.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

int window_extent(int kernel, int dilation) { return dilation * (kernel - 1) + 1; }

int windows_extent(int count, int kernel, int stride, int dilation) {
    return (count - 1) * stride + window_extent(kernel, dilation);
}

bool same_window(const Window& a, const Window& b) {
    return a.kernel_height == b.kernel_height && a.kernel_width == b.kernel_width && a.stride == b.stride &&
           a.dilation == b.dilation && a.pads == b.pads;
}

AxisWindow caffe_axis(int size, int kernel, int stride, int dilation, int before, int after) {
    const std::int64_t room = std::int64_t{size} + before + after - window_extent(kernel, dilation);
    return {room < 0 ? 0 : static_cast<int>(room / stride) + 1, before, after};
}

AxisWindow same_axis(int size, int kernel, int stride, int dilation) {
    const std::int64_t output = (std::int64_t{size} + stride - 1) / stride;
    const std::int64_t missing = (output - 1) * stride + window_extent(kernel, dilation) - size;
    const int padding = static_cast<int>(std::max<std::int64_t>(missing, 0));
    return {static_cast<int>(output), padding / 2, padding - padding / 2};
}

int scaled_channels(int channels, double alpha, ChannelRounding rounding) {
    const double product = channels * alpha;
    const int floored = static_cast<int>(product);
    switch (rounding) {
        case ChannelRounding::floor: return floored;
        case ChannelRounding::floor_min_8: return std::max(floored, 8);
        case ChannelRounding::floor_min_16: return std::max(floored, 16);
        case ChannelRounding::make_divisible_8: {
            const int divisible = std::max(8, static_cast<int>(product + 4) / 8 * 8);
            return divisible < 0.9 * product ? divisible + 8 : divisible;
        }
    }
    check(false, "every channel rounding is known");
    return 0;
}

int scaled_side(int side, double rho) { return static_cast<int>(std::floor(side * rho + 0.5)); }

const Shape& shape_of(const Graph& graph, TensorId tensor) {
    return graph.tensors.at(static_cast<std::size_t>(tensor)).shape;
}

std::int64_t elements(const Shape& shape) { return std::int64_t{shape.height} * shape.width * shape.channels; }

std::string to_string(const Shape& shape) { return fmt::format("{}x{}x{}", shape.height, shape.width, shape.channels); }

}  // namespace ssdgen
