#include "compiler.h"
#ifndef SSD_PRIORS_H
#define SSD_PRIORS_H

#include <algorithm>
#include <cstddef>

#include "number.h"

namespace ssd { inline namespace v2 {

/// Height and width of a default box, relative to the picture.
struct BoxSize {
    float height, width;
};

/// The default boxes of one detection source: `boxes` of them in every cell of a map of height x width cells. The
/// centre of cell (y, x) is ((y + offset_y) * step_y, (x + offset_x) * step_x), relative to the picture.
struct PriorGrid {
    int height, width;
    float offset_y, offset_x, step_y, step_x;
    int boxes;
    const BoxSize* sizes;  // [boxes]
};

/// All default boxes of a network: computed from grids, or a table where there is one. clip: the corners are clipped to
/// the picture, as Caffe's PriorBox does with `clip: true`.
struct Priors {
    const PriorGrid* grids;
    int grid_count;
    const float* table;  // [count][4] = cy, cx, h, w; or nullptr
    bool clip;
    int count;
};

/// Centre and size, relative to the picture.
struct PriorBox {
    float cy, cx, h, w;
};

namespace detail {

inline PriorBox clipped(const PriorBox& box) noexcept {
    const float ymin = std::clamp(box.cy - box.h / 2, 0.0F, 1.0F);
    const float xmin = std::clamp(box.cx - box.w / 2, 0.0F, 1.0F);
    const float ymax = std::clamp(box.cy + box.h / 2, 0.0F, 1.0F);
    const float xmax = std::clamp(box.cx + box.w / 2, 0.0F, 1.0F);
    return {(ymin + ymax) / 2, (xmin + xmax) / 2, ymax - ymin, xmax - xmin};
}

/// False if a number that it is made of is not finite.
inline bool unclipped_prior(const Priors& priors, int index, PriorBox& box) noexcept {
    if (priors.table != nullptr) {
        const float* row = priors.table + static_cast<std::ptrdiff_t>(index) * 4;
        box = {row[0], row[1], row[2], row[3]};
        return are_finite(row, 4);
    }
    for (int source = 0; source < priors.grid_count; ++source) {
        const PriorGrid& grid = priors.grids[source];
        const int count = grid.height * grid.width * grid.boxes;
        if (index >= count) {
            index -= count;
            continue;
        }
        const int cell = index / grid.boxes;
        const BoxSize& size = grid.sizes[index % grid.boxes];
        box = {(static_cast<float>(cell / grid.width) + grid.offset_y) * grid.step_y,
               (static_cast<float>(cell % grid.width) + grid.offset_x) * grid.step_x, size.height, size.width};
        return is_finite(grid.offset_y) && is_finite(grid.offset_x) && is_finite(grid.step_y) && is_finite(grid.step_x) &&
               is_finite(size.height) && is_finite(size.width);
    }
    return false;
}

inline bool prior(const Priors& priors, int index, PriorBox& box) noexcept {
    if (!unclipped_prior(priors, index, box)) return false;
    if (priors.clip) box = clipped(box);
    return true;
}

}  // namespace detail

/// Default box of one row of the raw outputs: row = first row of the source + (y * width + x) * boxes + box. All zero if the row is
/// none, or a number is not finite.
inline PriorBox prior(const Priors& priors, int index) noexcept {
    PriorBox box;
    return detail::prior(priors, index, box) ? box : PriorBox{0, 0, 0, 0};
}

}}  // namespace ssd::v2
#endif  // SSD_PRIORS_H
