#include "compiler.h"
#ifndef SSD_DECODE_H
#define SSD_DECODE_H

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "post_processing.h"
#include "priors.h"
#include "suppress.h"

namespace ssd { inline namespace v2 { namespace detail {

/// Turns encodings into boxes: centre = t * variance * size of the prior + its centre, size = exp(t * variance) * size
/// of the prior; in double, the centre and half the size rounded to float, as TFLite_Detection_PostProcess does.
class Decoder {
  public:
    Decoder(const PostProcessing& settings, const Priors& priors) noexcept
        : priors_(priors), y_(settings.order == BoxOrder::yxhw ? 0 : 1) {
        // TensorFlow Lite states 10 and 5 where others state 0.1F and 0.2F: divide by what it states.
        for (int i = 0; i < 4; ++i) {
            divisors_[i] = settings.dialect == Dialect::caffe_ssd ? 1.0 / static_cast<double>(settings.variances[i])
                                                                  : static_cast<double>(1.0F / settings.variances[i]);
        }
    }

    /// The box of a prior with the encoding code[4]. None (an area below 0) where a number is not finite, or an edge as far away as an
    /// exponential that overflows puts it.
    Box decode(int index, const float* code) const noexcept {
        constexpr Box none{0, 0, 0, 0, -1, 0};
        PriorBox box;
        if (!are_finite(code, 4) || !prior(priors_, index, box)) return none;
        const double centre_y = centre(code, y_, box.cy, box.h), centre_x = centre(code, 1 - y_, box.cx, box.w);
        const double half_height = half_size(code, 2 + y_, box.h), half_width = half_size(code, 3 - y_, box.w);
        if (!within_reach(centre_y) || !within_reach(centre_x) || !within_reach(half_height) || !within_reach(half_width)) return none;
        const float cy = static_cast<float>(centre_y), cx = static_cast<float>(centre_x);
        const float half_h = static_cast<float>(half_height), half_w = static_cast<float>(half_width);
        Box result{cy - half_h, cx - half_w, cy + half_h, cx + half_w, 0, index};
        const bool inverted = result.ymax < result.ymin || result.xmax < result.xmin;
        result.area = inverted ? 0 : (result.ymax - result.ymin) * (result.xmax - result.xmin);
        return result;
    }

  private:
    /// So near, in pictures, that areas of boxes and their sums are finite too.
    static bool within_reach(double value) noexcept { return std::abs(value) <= 1e18; }

    double centre(const float* code, int i, float prior_centre, float prior_size) const noexcept {
        return static_cast<double>(code[i]) / divisors_[i] * static_cast<double>(prior_size) + static_cast<double>(prior_centre);
    }
    double half_size(const float* code, int i, float prior_size) const noexcept {
        constexpr double most = 200;  // its exponential is a double, and far from within_reach() whatever the prior
        return 0.5 * std::exp(std::min(static_cast<double>(code[i]) / divisors_[i], most)) * static_cast<double>(prior_size);
    }

    const Priors& priors_;
    int y_;  // where an encoding has y and, two further on, h
    double divisors_[4] = {};
};

inline bool any_negative_size(const Priors& priors) noexcept {
    for (int i = 0; priors.table != nullptr && i < priors.count; ++i) {
        if (priors.table[i * 4 + 2] < 0 || priors.table[i * 4 + 3] < 0) return true;
    }
    for (int source = 0; priors.table == nullptr && source < priors.grid_count; ++source) {
        for (int i = 0; i < priors.grids[source].boxes; ++i) {
            const BoxSize& size = priors.grids[source].sizes[i];
            if (size.height < 0 || size.width < 0) return true;
        }
    }
    return false;
}

/// Is there a box with a maximum below its minimum, for which TensorFlow Lite's operator fails as a whole? Only a
/// prior of negative size can make one, so none is decoded (by outputs.decode) where there is no such prior.
template <class Outputs>
bool any_inverted(const Priors& priors, const Outputs& outputs) noexcept {
    if (!any_negative_size(priors)) return false;
    for (int index = 0; index < priors.count; ++index) {
        const Box box = outputs.decode(index);  // where there is none, all edges are 0
        if (box.ymin > box.ymax || box.xmin > box.xmax) return true;
    }
    return false;
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_DECODE_H
