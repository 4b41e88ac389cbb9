#pragma once

#include "description/description.h"

#include <cstdint>

namespace ssdgen {

/// What a window does along one axis of a map: `output` positions, `stride` pixels apart, the first of which begins
/// `before` pixels outside the map. after: how far the last one reaches beyond it at most.
struct WindowAxis {
    int kernel = 1;    // taps
    int stride = 1;    // pixels from one position to the next
    int dilation = 1;  // pixels from one tap to the next
    int before = 0;    // padding in pixels
    int after = 0;
    int output = 0;  // positions; 0: none fits
};

/// The window of a convolution or pool where it stands on a map: it keeps the size of what it makes.
struct Window {
    WindowAxis rows, columns;
};

inline bool operator==(const WindowAxis& a, const WindowAxis& b) {
    return a.kernel == b.kernel && a.stride == b.stride && a.dilation == b.dilation && a.before == b.before &&
           a.after == b.after && a.output == b.output;
}
inline bool operator!=(const WindowAxis& a, const WindowAxis& b) { return !(a == b); }
inline bool operator==(const Window& a, const Window& b) { return a.rows == b.rows && a.columns == b.columns; }
inline bool operator!=(const Window& a, const Window& b) { return !(a == b); }

/// Pixels from the first tap of a window to the last tap of the window `count - 1` places behind it.
constexpr int extent(const WindowAxis& axis, int count = 1) {
    return (count - 1) * axis.stride + axis.dilation * (axis.kernel - 1) + 1;
}

/// The pixel under a tap at a position; outside the map where there is padding.
constexpr int pixel_of(const WindowAxis& axis, int position, int tap = 0) {
    return position * axis.stride - axis.before + tap * axis.dilation;
}

constexpr std::int64_t taps(const Window& window) { return std::int64_t{window.rows.kernel} * window.columns.kernel; }

/// Top, left, bottom, right.
inline Pads pads_of(const Window& window) {
    return {window.rows.before, window.columns.before, window.rows.after, window.columns.after};
}

inline bool is_padded(const Window& window) { return pads_of(window) != Pads{0, 0, 0, 0}; }

/// A 1x1 window with stride 1 and no padding: its input map can be taken as one long row.
inline bool is_pointwise(const Window& window) {
    return taps(window) == 1 && window.rows.stride == 1 && window.columns.stride == 1 && !is_padded(window);
}

/// What a window states of its axes.
constexpr PerAxis kernel_of(const Window& window) { return {window.rows.kernel, window.columns.kernel}; }
constexpr PerAxis stride_of(const Window& window) { return {window.rows.stride, window.columns.stride}; }
constexpr PerAxis dilation_of(const Window& window) { return {window.rows.dilation, window.columns.dilation}; }

/// A window as a description or a model file states it.
struct WindowRule {
    PerAxis kernel;
    PerAxis stride;
    PerAxis dilation;
    PaddingRule padding = PaddingRule::caffe;
    Pads pads{0, 0, 0, 0};                        // caffe
    PoolRounding rounding = PoolRounding::floor;  // caffe
};

/// The axis with its output on a map of `size` pixels, its padding as given, by Caffe's rule for convolutions: output =
/// floor((size + before + after - extent) / stride) + 1 (conv_layer.cpp, SEMANTICS.md 2.1).
WindowAxis caffe_axis(int size, WindowAxis axis);

/// The axis with its output and padding by TensorFlow's SAME: output = ceil(size / stride), the odd pixel of padding
/// after (SEMANTICS.md 2.1).
WindowAxis same_axis(int size, WindowAxis axis);

/// The axis with its output by Caffe's rule for pools: output = ceil((size + before + after - extent) / stride) + 1,
/// less one if the last window would begin behind the map and there is padding along either axis (pooling_layer.cpp,
/// SEMANTICS.md 2.1). `after` grows to where the last window reaches.
WindowAxis ceil_axis(int size, WindowAxis axis, bool padded);

/// Whether each window of an axis has a tap on the map.
bool touches_map(const WindowAxis& axis, int size);

/// The pads of a window that is padded as usual: as much on both sides of an axis, so that a window of an odd kernel
/// stands in the middle of its pixel.
constexpr Pads centred_pads(const PerAxis& kernel, const PerAxis& dilation) {
    const int rows = dilation.rows * (kernel.rows - 1) / 2, columns = dilation.columns * (kernel.columns - 1) / 2;
    return {rows, columns, rows, columns};
}

/// Where the windows of a rule stand on a map; an axis of no output: none fits.
Window place_window(const WindowRule& rule, int height, int width);

/// The axis that covers a map of `size` pixels with one window.
constexpr WindowAxis whole_axis(int size) { return {size, 1, 1, 0, 0, 1}; }

}  // namespace ssdgen
