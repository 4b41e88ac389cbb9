#include "compiler.h"
#ifndef SSD_CLASSIFY_H
#define SSD_CLASSIFY_H

#include <cmath>

#include "largest.h"

namespace ssd { inline namespace v2 {

/// One class of a picture.
struct Classification {
    int label = 0;  // column of the scores
    float score = 0;
};

/// Softmax over count values, in place; the exponentials are taken relative to the largest value and summed in double. If one
/// of them is not finite, none of the results is a number.
inline void softmax(float* values, int count) noexcept {
    const auto [largest, all_finite] = detail::largest(values, count);
    if (!all_finite) {
        for (int i = 0; i < count; ++i) detail::spoil(values[i]);
        return;
    }
    double sum = 0;
    for (int i = 0; i < count; ++i) {
        values[i] = std::exp(values[i] - largest);
        sum += static_cast<double>(values[i]);
    }
    for (int i = 0; i < count; ++i) values[i] = static_cast<float>(static_cast<double>(values[i]) / sum);
}

/// 1 / (1 + exp(-x)) of each of count values, in place; of one that is not finite the result is no number.
inline void sigmoid(float* values, int count) noexcept {
    for (int i = 0; i < count; ++i) {
        if (detail::is_finite(values[i]))
            values[i] = detail::sigmoid(values[i]);
        else
            detail::spoil(values[i]);
    }
}

/// The best classes, best first, the lower index first among equal scores; a score that is not finite is left out.
/// Writes at most capacity entries and returns how many.
inline int top_classes(const float* scores, int classes, Classification* out, int capacity) noexcept {
    int count = 0;
    for (int label = 0; label < classes; ++label) {
        if (!detail::is_finite(scores[label]) || capacity <= 0) continue;
        const float score = scores[label];
        if (count == capacity && !(score > out[count - 1].score)) continue;
        int place = count < capacity ? count++ : count - 1;
        for (; place > 0 && score > out[place - 1].score; --place) out[place] = out[place - 1];
        out[place] = {label, score};
    }
    return count;
}

}}  // namespace ssd::v2
#endif  // SSD_CLASSIFY_H
