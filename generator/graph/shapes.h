#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// What a window does along one axis of a map.
struct AxisWindow {
    int output = 0;  // positions of the window; 0: the padded map is smaller than the window
    int before = 0;  // padding in pixels
    int after = 0;
};

/// Pixels from the first to the last tap of a window.
int window_extent(int kernel, int dilation);

/// Pixels from the first tap of a window to the last tap of the window `count - 1` places behind it.
int windows_extent(int count, int kernel, int stride, int dilation);

bool same_window(const Window& a, const Window& b);

/// Caffe's convolution: output = floor((size + before + after - extent) / stride) + 1 (conv_layer.cpp,
/// SEMANTICS.md 2.1).
AxisWindow caffe_axis(int size, int kernel, int stride, int dilation, int before, int after);

/// TensorFlow's SAME: output = ceil(size / stride), the odd pixel of padding after (SEMANTICS.md 2.1).
AxisWindow same_axis(int size, int kernel, int stride, int dilation);

/// channels under alpha; may be 0 (SEMANTICS.md 2.6).
int scaled_channels(int channels, double alpha, ChannelRounding rounding);

/// A side of the picture under rho, rounded to nearest, halves up.
int scaled_side(int side, double rho);

const Shape& shape_of(const Graph& graph, TensorId tensor);

/// height * width * channels.
std::int64_t elements(const Shape& shape);

/// "19x19x512".
std::string to_string(const Shape& shape);

}  // namespace ssdgen
