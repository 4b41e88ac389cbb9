#ifndef SSD_FROM_C_H
#define SSD_FROM_C_H

#include <cstddef>

#include "ssd/c.h"
#include "ssd/classify.h"
#include "ssd/detection.h"
#include "ssd/executor.h"
#include "ssd/image.h"

namespace ssd::detail {

static_assert(static_cast<int>(PixelFormat::gray) == SSD_GRAY && static_cast<int>(PixelFormat::rgb) == SSD_RGB &&
                  static_cast<int>(PixelFormat::bgr) == SSD_BGR && static_cast<int>(PixelFormat::rgba) == SSD_RGBA &&
                  static_cast<int>(PixelFormat::bgra) == SSD_BGRA,
              "the formats have the same numbers");
static_assert(sizeof(Detection) == sizeof(ssd_detection) && offsetof(Detection, label) == offsetof(ssd_detection, label) &&
                  offsetof(Detection, score) == offsetof(ssd_detection, score) &&
                  offsetof(Detection, ymin) == offsetof(ssd_detection, ymin) &&
                  offsetof(Detection, xmax) == offsetof(ssd_detection, xmax) &&
                  offsetof(Detection, anchor) == offsetof(ssd_detection, anchor),
              "a result is written where the caller reads it");
static_assert(sizeof(Classification) == sizeof(ssd_classification) &&
                  offsetof(Classification, score) == offsetof(ssd_classification, score),
              "as above");

inline Image from_c(const ssd_image& image) noexcept {
    return {image.data, image.width, image.height, image.row_bytes, static_cast<PixelFormat>(image.format)};
}
inline Executor from_c(const ssd_executor* executor) noexcept {
    return executor == nullptr ? serial : Executor{executor->threads, executor->run, executor->state};
}
inline DetectOptions from_c(const ssd_detect_options* options) noexcept {
    return options == nullptr ? DetectOptions{} : DetectOptions{options->score_threshold};
}
inline Detection* from_c(ssd_detection* out) noexcept {
    return reinterpret_cast<Detection*>(out);
}
inline Classification* from_c(ssd_classification* out) noexcept {
    return reinterpret_cast<Classification*>(out);
}

}  // namespace ssd::detail

#endif  // SSD_FROM_C_H
