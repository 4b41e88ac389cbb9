#pragma once

#include "graph/graph.h"
#include "plan/kernels.h"
#include "plan/windows.h"

#include <vector>

namespace ssdgen::test {

/// Output positions of a window along one axis.
inline int positions(int size, int kernel, const Window& window, int before, int after) {
    return (size + before + after - window.dilation * (kernel - 1) - 1) / window.stride + 1;
}

inline Shape output_shape(const Shape& input, const Window& window, int channels) {
    return {positions(input.height, window.kernel_height, window, window.pads[0], window.pads[2]),
            positions(input.width, window.kernel_width, window, window.pads[1], window.pads[3]), channels};
}

/// The kernel that the plan gives one operation on its own, or as a stage of a stream; several channel counts: joined
/// heads.
inline KernelSpec kernel_of(const Operation& operation, const Shape& input, const Window& window,
                            const std::vector<int>& channels, const Target& target, bool in_stream = false) {
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
    return {kernel, kernel, stride, dilation, pads};
}

/// Taps of all windows along one axis that lie inside the map.
inline int taps_inside(int size, int kernel, const Window& window, int before, int after) {
    int taps = 0;
    for (int position = 0; position < positions(size, kernel, window, before, after); ++position)
        for (int tap = 0; tap < kernel; ++tap) {
            const int at = position * window.stride - before + tap * window.dilation;
            taps += at >= 0 && at < size ? 1 : 0;
        }
    return taps;
}

/// The same over both axes.
inline std::int64_t taps_inside(const Shape& input, const Window& window) {
    return std::int64_t(taps_inside(input.height, window.kernel_height, window, window.pads[0], window.pads[2])) *
           taps_inside(input.width, window.kernel_width, window, window.pads[1], window.pads[3]);
}

}  // namespace ssdgen::test
