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

}  // namespace ssdgen
