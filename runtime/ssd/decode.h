#ifndef SSD_DECODE_H
#define SSD_DECODE_H

#include <cmath>
#include <cstddef>

#include "ssd/post_processing.h"
#include "ssd/priors.h"
#include "ssd/suppress.h"

namespace ssd::detail {

/// Turns encodings into boxes: centre = t * variance * size of the prior + its centre, size = exp(t * variance) * size
/// of the prior; in double, the centre and half the size rounded to float, as TFLite_Detection_PostProcess does.
class Decoder {
  public:
    Decoder(const PostProcessing& settings, const Priors& priors, const float* encodings) noexcept
        : priors_(priors), encodings_(encodings) {
        y_ = settings.order == BoxOrder::yxhw ? 0 : 1;
        // TensorFlow Lite states 10 and 5 where others state 0.1F and 0.2F: divide by what it states.
        for (int i = 0; i < 4; ++i) {
            divisors_[i] = settings.dialect == Dialect::caffe_ssd ? 1.0 / static_cast<double>(settings.variances[i])
                                                                  : static_cast<double>(1.0F / settings.variances[i]);
        }
    }

    Box decode(int index) const noexcept {
        const PriorBox box = prior(priors_, index);
        const float* code = encodings_ + static_cast<std::ptrdiff_t>(index) * 4;
        const float cy = centre(code, y_, box.cy, box.h);
        const float cx = centre(code, 1 - y_, box.cx, box.w);
        const float half_h = half_size(code, 2 + y_, box.h);
        const float half_w = half_size(code, 3 - y_, box.w);
        Box result{cy - half_h, cx - half_w, cy + half_h, cx + half_w, 0, 0};
        const bool inverted = result.ymax < result.ymin || result.xmax < result.xmin;
        result.area = inverted ? 0 : (result.ymax - result.ymin) * (result.xmax - result.xmin);
        return result;
    }

    /// Is there a box with a maximum below its minimum, for which TensorFlow Lite's operator fails as a whole? Only a
    /// prior of negative size can make one, so none is decoded where there is no such prior.
    bool any_inverted() const noexcept {
        if (!any_negative_size()) return false;
        for (int index = 0; index < priors_.count; ++index) {
            const Box box = decode(index);
            if (box.ymin > box.ymax || box.xmin > box.xmax) return true;
        }
        return false;
    }

  private:
    float centre(const float* code, int i, float prior_centre, float prior_size) const noexcept {
        return static_cast<float>(static_cast<double>(code[i]) / divisors_[i] * static_cast<double>(prior_size) +
                                  static_cast<double>(prior_centre));
    }
    float half_size(const float* code, int i, float prior_size) const noexcept {
        return static_cast<float>(0.5 * std::exp(static_cast<double>(code[i]) / divisors_[i]) *
                                  static_cast<double>(prior_size));
    }

    bool any_negative_size() const noexcept {
        if (priors_.table != nullptr) {
            for (int i = 0; i < priors_.count; ++i) {
                if (priors_.table[i * 4 + 2] < 0 || priors_.table[i * 4 + 3] < 0) return true;
            }
            return false;
        }
        for (int source = 0; source < priors_.grid_count; ++source) {
            for (int i = 0; i < priors_.grids[source].boxes; ++i) {
                const BoxSize& size = priors_.grids[source].sizes[i];
                if (size.height < 0 || size.width < 0) return true;
            }
        }
        return false;
    }

    const Priors& priors_;
    const float* encodings_;
    int y_ = 0;  // where an encoding has y and, two further on, h
    double divisors_[4] = {};
};

}  // namespace ssd::detail

#endif  // SSD_DECODE_H
