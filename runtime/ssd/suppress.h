#include "compiler.h"
#ifndef SSD_SUPPRESS_H
#define SSD_SUPPRESS_H

#include <algorithm>

#include "number.h"

namespace ssd { inline namespace v2 { namespace detail {

/// A decoded box, relative to the picture.
struct Box {
    float ymin, xmin, ymax, xmax;
    float area;  // 0 if a maximum is below its minimum; below 0: there is no box
    int prior;   // row of the raw outputs that it comes from
};

/// Intersection over union. Boxes that only touch, and boxes without area, have none, as in Caffe and TensorFlow.
inline float overlap(const Box& a, const Box& b) noexcept {
    const float height = std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin);
    const float width = std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin);
    if (!(height > 0 && width > 0)) return 0;
    const float both = height * width;
    return both / (a.area + b.area - both);
}

/// Does one of the kept boxes, kept(0) to kept(count - 1), overlap this one by more than the threshold?
template <class Kept>
inline bool suppressed(const Box& box, const Kept& kept, int count, float threshold) noexcept {
    for (int i = 0; i < count; ++i) {
        if (overlap(box, kept(i)) > threshold) return true;
    }
    return false;
}

/// A prior that competes, with a key that the score rises with.
struct Candidate {
    float key;
    int prior;
};

/// Hands out candidates (Entry: a Candidate, or the like of it) by falling score, equal scores by rising prior. Takes them from a heap,
/// so that those never asked for are never sorted. A key may be a logit (sigmoid_keys): the exponential is taken only of those handed out,
/// and since unequal logits can round to equal scores, candidates of one score leave the heap together and are put in
/// order.
template <class Entry>
class Descending {
  public:
    Descending(Entry* candidates, int count, bool sigmoid_keys) noexcept
        : candidates_(candidates), heap_(count), sigmoid_keys_(sigmoid_keys) {
        std::make_heap(candidates_, candidates_ + heap_, lower_key);
    }

    /// A null pointer if none is left.
    const Entry* next(float& score) noexcept {
        if (group_ == 0 && !take_group()) return nullptr;
        --group_;
        score = group_score_;
        return candidates_ + heap_ + group_;
    }

  private:
    static bool lower_key(const Entry& a, const Entry& b) noexcept {
        return a.key < b.key || (a.key == b.key && a.prior > b.prior);
    }
    static bool higher_prior(const Entry& a, const Entry& b) noexcept { return a.prior > b.prior; }

    float top_score() const noexcept { return sigmoid_keys_ ? sigmoid(candidates_[0].key) : candidates_[0].key; }

    // The group lies behind the heap, the prior to hand out first at its end.
    bool take_group() noexcept {
        if (heap_ == 0) return false;
        group_score_ = top_score();
        do {
            std::pop_heap(candidates_, candidates_ + heap_, lower_key);
            --heap_;
            ++group_;
        } while (heap_ > 0 && top_score() == group_score_);
        if (group_ > 1) {
            std::make_heap(candidates_ + heap_, candidates_ + heap_ + group_, higher_prior);
            std::sort_heap(candidates_ + heap_, candidates_ + heap_ + group_, higher_prior);
        }
        return true;
    }

    Entry* candidates_;
    int heap_;
    int group_ = 0;
    float group_score_ = 0;
    bool sigmoid_keys_;
};

}}}  // namespace ssd::v2::detail
#endif  // SSD_SUPPRESS_H
