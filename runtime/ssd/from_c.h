#include "compiler.h"
#ifndef SSD_FROM_C_H
#define SSD_FROM_C_H

#include <cstddef>

#include "c.h"
#include "classify.h"
#include "detection.h"
#include "executor.h"
#include "image.h"

namespace ssd { inline namespace v2 { namespace detail {

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

inline int wrong_with(const ssd_image* image) noexcept { return wrong_if(image == nullptr, Error::no_image); }

/// A size above ours is a newer caller's, who may count on members that are unknown here.
inline int wrong_with(const ssd_detect_options* options) noexcept {
    if (options == nullptr) return 0;
    constexpr std::size_t first_size = offsetof(ssd_detect_options, score_threshold) + sizeof options->score_threshold;
    return wrong_if(options->size < first_size || options->size > sizeof *options, Error::options_size);
}

inline Image from_c(const ssd_image& image) noexcept {
    return {image.data, image.width, image.height, image.row_bytes, static_cast<PixelFormat>(image.format)};
}
inline Executor from_c(const ssd_executor* executor) noexcept {
    return executor == nullptr ? serial : Executor{executor->threads, executor->run, executor->state};
}
inline DetectOptions from_c(const ssd_detect_options* options) noexcept {
    return options == nullptr ? DetectOptions{} : DetectOptions{options->score_threshold};  // every size has it
}
inline Detection* from_c(ssd_detection* out) noexcept { return reinterpret_cast<Detection*>(out); }
inline Classification* from_c(ssd_classification* out) noexcept { return reinterpret_cast<Classification*>(out); }

}}}  // namespace ssd::v2::detail
#endif  // SSD_FROM_C_H
