#pragma once

#include "graph/graph.h"
#include "plan/kernels.h"
#include "plan/windows.h"

#include <utility>
#include <variant>
#include <vector>

namespace ssdgen::test {

/// A window as it stands on a map, its padding as it is.
inline Window placed(const Window& window, const Shape& map) {
    return {caffe_axis(map.height, window.rows), caffe_axis(map.width, window.columns)};
}

inline Shape output_shape(const Shape& input, const Window& window, int channels) {
    const Window stands = placed(window, input);
    return {stands.rows.output, stands.columns.output, channels};
}

template <class Operation>
constexpr auto has_window(int) -> decltype(std::declval<Operation>().window, true) {
    return true;
}
template <class Operation>
constexpr bool has_window(long) {
    return false;
}

/// The kernel that the plan gives one operation on its own, or as a stage of a stream; several channel counts: joined
/// heads.
inline Kernel kernel_of(Operation operation, const Shape& input, const Window& window, const std::vector<int>& channels,
                        const Target& target, bool in_stream = false) {
    std::visit(
        [&](auto& one) {
            if constexpr (has_window<decltype(one)>(0)) one.window = placed(window, input);
        },
        operation);
    Graph graph;
    graph.tensors.push_back({"input", input});
    Node node{"layer", operation, {0}, {}, ""};
    for (int count : channels) {
        node.outputs.push_back(int(graph.tensors.size()));
        graph.tensors.push_back({"output", output_shape(input, window, count)});
    }
    return make_kernel(graph, node, target, in_stream);
}

inline Window square(int kernel, int stride, Pads pads, int dilation = 1) {
    return {{kernel, stride, dilation, pads[0], pads[2]}, {kernel, stride, dilation, pads[1], pads[3]}};
}

/// Taps of all windows along one axis that lie inside a map of `size` pixels.
inline int taps_inside(int size, const WindowAxis& axis) {
    int taps = 0;
    for (int position = 0; position < axis.output; ++position)
        for (int tap = 0; tap < axis.kernel; ++tap) {
            const int at = position * axis.stride - axis.before + tap * axis.dilation;
            taps += at >= 0 && at < size ? 1 : 0;
        }
    return taps;
}

/// The same over both axes.
inline std::int64_t taps_inside(const Shape& input, const Window& window) {
    const Window stands = placed(window, input);
    return std::int64_t(taps_inside(input.height, stands.rows)) * taps_inside(input.width, stands.columns);
}

}  // namespace ssdgen::test
