#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// Neighbouring outputs along one axis whose windows have the same taps inside the map.
struct TapRange {
    int first = 0;      // output index
    int count = 0;      // outputs
    int first_tap = 0;  // of the window
    int taps = 0;       // inside the map
};

/// The outputs along an axis of a map of `input` pixels, grouped. Example: 5 outputs of a 3-wide window with stride 1
/// and padding 1 on a 5-wide map give {0, 1, 1, 2}, {1, 3, 0, 3}, {4, 1, 0, 2}.
std::vector<TapRange> tap_ranges(int input, const WindowAxis& axis);

/// Taps inside the map, of all outputs together.
std::int64_t taps_inside(const std::vector<TapRange>& ranges);

}  // namespace ssdgen
