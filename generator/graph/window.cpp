#include "graph/window.h"

#include <algorithm>

namespace ssdgen {

WindowAxis caffe_axis(int size, WindowAxis axis) {
    const std::int64_t room = std::int64_t{size} + axis.before + axis.after - extent(axis);
    axis.output = room < 0 ? 0 : static_cast<int>(room / axis.stride) + 1;
    return axis;
}

WindowAxis same_axis(int size, WindowAxis axis) {
    const std::int64_t output = (std::int64_t{size} + axis.stride - 1) / axis.stride;
    const std::int64_t missing = (output - 1) * axis.stride + extent(axis) - size;
    const int padding = static_cast<int>(std::max<std::int64_t>(missing, 0));
    axis.output = static_cast<int>(output);
    axis.before = padding / 2;
    axis.after = padding - padding / 2;
    return axis;
}

WindowAxis ceil_axis(int size, WindowAxis axis, bool padded) {
    const std::int64_t room = std::int64_t{size} + axis.before + axis.after - extent(axis) + axis.stride - 1;
    axis.output = room < 0 ? 0 : static_cast<int>(room / axis.stride) + 1;
    if (padded && (axis.output - 1) * axis.stride >= size + axis.before) --axis.output;
    if (axis.output > 0) axis.after = std::max(axis.after, extent(axis, axis.output) - size - axis.before);
    return axis;
}

bool touches_map(const WindowAxis& axis, int size) {
    const auto touches = [&](int position) {
        for (int tap = 0; tap < axis.kernel; ++tap)
            if (const int pixel = pixel_of(axis, position, tap); pixel >= 0 && pixel < size) return true;
        return false;
    };
    for (int position = 0; position < axis.output; ++position)
        if (!touches(position)) return false;
    return true;
}

Window place_window(const WindowRule& rule, int height, int width) {
    const bool padded = rule.pads != Pads{0, 0, 0, 0};
    const auto place = [&](int size, const WindowAxis& axis) {
        if (rule.padding == PaddingRule::same) return same_axis(size, axis);
        return rule.rounding == PoolRounding::ceil ? ceil_axis(size, axis, padded) : caffe_axis(size, axis);
    };
    const auto& [top, left, bottom, right] = rule.pads;
    return {place(height, {rule.kernel.rows, rule.stride.rows, rule.dilation.rows, top, bottom}),
            place(width, {rule.kernel.columns, rule.stride.columns, rule.dilation.columns, left, right})};
}

}  // namespace ssdgen
