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

Window place_window(const WindowRule& rule, int height, int width) {
    const auto place = [&](int size, int before, int after) {
        const WindowAxis axis{rule.kernel, rule.stride, rule.dilation, before, after};
        return rule.padding == PaddingRule::same ? same_axis(size, axis) : caffe_axis(size, axis);
    };
    return {place(height, rule.pads[0], rule.pads[2]), place(width, rule.pads[1], rule.pads[3])};
}

}  // namespace ssdgen
