#include "compiler.h"
#ifndef SSD_DETECTION_H
#define SSD_DETECTION_H

#include "error.h"
#include "number.h"

namespace ssd { inline namespace v2 {

/// One found object.
struct Detection {
    int label = 0;  // column of the scores, the background counted
    float score = 0;
    float ymin = 0, xmin = 0, ymax = 0, xmax = 0;  // relative to the picture
    int anchor = 0;  // row of the raw outputs that it comes from
};
static_assert(sizeof(Detection) == 28, "another layout is another version: ssd/version.h, and the namespace in every header");

/// What a caller may change from call to call; a negative value means the network's own.
struct DetectOptions {
    float score_threshold = -1;
};

namespace detail {

/// 0, or the ssd::Error of options that cannot be meant.
inline int wrong_with(const DetectOptions& options) noexcept {
    const std::int32_t bits = bits_of(options.score_threshold);
    constexpr std::int32_t one = 0x3F800000;
    return wrong_if(bits > one || (bits & INT32_MAX) > infinity_bits, Error::threshold);
}

}  // namespace detail

}}  // namespace ssd::v2
#endif  // SSD_DETECTION_H
