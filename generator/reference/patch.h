#pragma once

#include "graph/tensor.h"
#include "graph/window.h"

#include <algorithm>
#include <cstddef>

namespace ssdgen {

/// The values of a map under a window at an output position: taps row by row, channels ascending, zeros where a tap
/// lies outside the map.
template <class Number>
void gather_patch(const Window& window, const Shape& from, const Number* map, int y, int x, Number* patch) {
    const auto channels = static_cast<std::size_t>(from.channels);
    for (int ky = 0; ky < window.rows.kernel; ++ky)
        for (int kx = 0; kx < window.columns.kernel; ++kx, patch += channels) {
            const int in_y = pixel_of(window.rows, y, ky), in_x = pixel_of(window.columns, x, kx);
            const bool inside = in_y >= 0 && in_y < from.height && in_x >= 0 && in_x < from.width;
            if (inside) {
                const std::size_t pixel = static_cast<std::size_t>(in_y) * static_cast<std::size_t>(from.width) +
                                          static_cast<std::size_t>(in_x);
                std::copy_n(map + pixel * channels, channels, patch);
            } else {
                std::fill_n(patch, channels, Number{0});
            }
        }
}

}  // namespace ssdgen
