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

#ifndef SSD_STANDARD
/// The largest of count values. Four lanes at a time, in the compilers' own vector type: every target has that much in its baseline.
inline Largest largest(const float* values, int count) noexcept {
    using Lanes = float __attribute__((vector_size(16)));
    using Bits = std::int32_t __attribute__((vector_size(16)));
    constexpr Lanes start = {lowest, lowest, lowest, lowest};
    constexpr Bits exponent = {infinity_bits, infinity_bits, infinity_bits, infinity_bits};
    Lanes best[4] = {start, start, start, start};
    Bits not_finite = {};
    const auto take = [&](int i, Lanes& so_far) noexcept {
        Lanes lanes;
        Bits bits;
        std::memcpy(&lanes, values + i, sizeof lanes);
        std::memcpy(&bits, values + i, sizeof bits);
        so_far = lanes > so_far ? lanes : so_far;
        not_finite |= (bits & exponent) == exponent;
    };
    int i = 0;
    for (; i + 16 <= count; i += 16) {
        for (int k = 0; k < 4; ++k) take(i + 4 * k, best[k]);
    }
    for (; i + 4 <= count; i += 4) take(i, best[0]);
    Largest result{lowest, (not_finite[0] | not_finite[1] | not_finite[2] | not_finite[3]) == 0};
    if (!result.all_finite) i = 0;  // one by one, then, for the comparisons above may have gone either way
    for (int lane = 0; lane < 16 && result.all_finite; ++lane) result.value = std::max(result.value, best[lane / 4][lane % 4]);
#else
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
#endif  // SSD_STANDARD
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
