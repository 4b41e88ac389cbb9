#include "compiler.h"
#ifndef SSD_LARGEST_H
#define SSD_LARGEST_H

#include <algorithm>
#include <limits>

#include "number.h"

namespace ssd { inline namespace v2 { namespace detail {

/// Less than every logit that counts, and a number itself.
inline constexpr float lowest = std::numeric_limits<float>::lowest();

struct Largest {
    float value;  // of those that are finite; `lowest` if there are none
    bool all_finite;
};

/// The largest of count values. Sixteen at a time, side by side: compilers use the processor's vectors for them.
inline Largest largest(const float* values, int count) noexcept {
    constexpr int side_by_side = 16;
    float best[side_by_side];
    std::uint32_t not_finite[side_by_side] = {};  // 1: there is one
    for (float& one : best) one = lowest;
    int i = 0;
    for (; i + side_by_side <= count; i += side_by_side) {
        std::uint32_t bits[side_by_side];
        std::memcpy(bits, values + i, sizeof bits);
        for (int k = 0; k < side_by_side; ++k) {
            best[k] = values[i + k] > best[k] ? values[i + k] : best[k];
            not_finite[k] |= (bits[k] & infinity_bits) == infinity_bits ? 1U : 0U;
        }
    }
    Largest result{lowest, true};
    for (const std::uint32_t one : not_finite) result.all_finite = result.all_finite && one == 0;
    if (!result.all_finite) i = 0;  // one by one, then, for the comparisons above may have gone either way
    for (int k = 0; k < side_by_side && result.all_finite; ++k) result.value = std::max(result.value, best[k]);
    for (; i < count; ++i) {
        if (!is_finite(values[i])) {
            result.all_finite = false;
        } else if (values[i] > result.value) {
            result.value = values[i];
        }
    }
    return result;
}

}}}  // namespace ssd::v2::detail
#endif  // SSD_LARGEST_H
