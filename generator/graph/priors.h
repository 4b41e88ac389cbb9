#pragma once

#include "graph/graph.h"

#include <array>

namespace ssdgen {

/// The maps and pictures that the default boxes of a source depend on.
struct PriorSite {
    Shape picture;   // under rho
    Shape map;       // of the source, under rho
    Shape full_map;  // of the source at rho 1
};

/// The default boxes of source number `source`, as Caffe's PriorBox makes them (prior_box_layer.cpp of weiliu89/caffe,
/// SEMANTICS.md 2.3) or TensorFlow's multiple_grid_anchor_generator (SEMANTICS.md 2.5). An explicit step is in pixels
/// at rho 1; where sizes follow rho, it follows so that the grid covers what it covered at rho 1. InputError if the
/// source's box count contradicts them, or a size is truncated to 0.
PriorGrid make_prior_grid(const Description& description, std::size_t source, const PriorSite& site);

/// Row `index` of the default boxes: centre y, centre x, height, width, relative to the picture. A table has to be
/// bound.
std::array<float, 4> prior_box(const Head& head, int index);

}  // namespace ssdgen
