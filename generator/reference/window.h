#pragma once

#include "graph/graph.h"
#include "reference/operations.h"

#include <optional>

namespace ssdgen {

/// The row of the input that tap `tap` of output row `y` reads; may lie outside.
inline int tap_row(const Window& window, int y, int tap) {
    return y * window.stride - window.pads[0] + tap * window.dilation;
}

inline int tap_column(const Window& window, int x, int tap) {
    return x * window.stride - window.pads[1] + tap * window.dilation;
}

/// Batch norm where there is one, then the activation.
void finish(Values& values, const std::optional<BatchNorm>& norm, Activation activation);

}  // namespace ssdgen
