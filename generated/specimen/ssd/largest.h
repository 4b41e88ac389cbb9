#ifndef SSD_LARGEST_H
#define SSD_LARGEST_H

#include <cstring>
#include <limits>

namespace ssd::detail {

/// The largest of count values, -inf if there are none; what is no number is passed over. Four lanes at a time, in the
/// compilers' own vector type: every target has that much in its baseline.
inline float largest(const float* values, int count) noexcept {
    using Lanes = float __attribute__((vector_size(16)));
    constexpr float none = -std::numeric_limits<float>::infinity();
    Lanes best[4] = {
        {none, none, none, none}, {none, none, none, none}, {none, none, none, none}, {none, none, none, none}};
    int i = 0;
    for (; i + 16 <= count; i += 16) {
        for (int k = 0; k < 4; ++k) {
            Lanes lanes;
            std::memcpy(&lanes, values + i + 4 * k, sizeof lanes);
            best[k] = lanes > best[k] ? lanes : best[k];
        }
    }
    for (; i + 4 <= count; i += 4) {
        Lanes lanes;
        std::memcpy(&lanes, values + i, sizeof lanes);
        best[0] = lanes > best[0] ? lanes : best[0];
    }
    float result = none;
    for (const Lanes& lanes : best) {
        for (int k = 0; k < 4; ++k) result = lanes[k] > result ? lanes[k] : result;
    }
    for (; i < count; ++i) result = values[i] > result ? values[i] : result;
    return result;
}

}  // namespace ssd::detail

#endif  // SSD_LARGEST_H
