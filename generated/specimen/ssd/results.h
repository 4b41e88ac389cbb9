#include "compiler.h"
#ifndef SSD_RESULTS_H
#define SSD_RESULTS_H

#include <algorithm>
#include <limits>

#include "detection.h"
#include "post_processing.h"

namespace ssd { inline namespace v2 { namespace detail {

inline constexpr int no_limit = std::numeric_limits<int>::max();
constexpr int limit_of(int setting) noexcept {
    return setting < 0 ? no_limit : setting;
}

/// What the dialects disagree on, as data.
struct Rules {
    bool strict;        // a score has to be above the threshold, not only to reach it
    bool best_class;    // a prior competes once, with its best class, and not in every class by itself
    bool grouped;       // order of the result: by the kept box (best_class) or by the label; then by score
    int most_examined;  // candidates of one suppression that are looked at
    int most_kept;      // boxes that one suppression keeps
    int most_detections;
    float eta;
};

constexpr Rules rules_of(const PostProcessing& settings) noexcept {
    const int detections = limit_of(settings.max_detections);
    const int per_class = limit_of(settings.detections_per_class);
    switch (settings.dialect) {
        case Dialect::caffe_ssd:
            return {true, false, true, per_class, no_limit, detections, settings.eta};
        case Dialect::tflite_regular:
            return {false, false, false, no_limit, per_class, detections, 1};
        case Dialect::tflite_fast:
            break;
    }
    return {false, true, true, no_limit, detections, no_limit, 1};
}

/// The result so far: the best `limit` detections, in a heap with the worst on top once there are that many. Among
/// equal scores the one that comes first in the dialect's order is better. With best_class a detection has, until
/// finish(), the place of its box among the kept ones as its anchor.
class Results {
  public:
    Results(Detection* out, int limit, const Rules& rules) noexcept
        : out_(out), limit_(limit), grouped_(rules.grouped), best_class_(rules.best_class) {}

    /// False if it is no better than all that stand here already.
    bool add(const Detection& detection) noexcept {
        if (full()) {
            if (!Better{*this}(detection, out_[0])) return false;
            std::pop_heap(out_, out_ + count_, Better{*this});
            out_[count_ - 1] = detection;
            std::push_heap(out_, out_ + count_, Better{*this});
            return true;
        }
        out_[count_++] = detection;
        if (full()) std::make_heap(out_, out_ + count_, Better{*this});
        return true;
    }

    bool full() const noexcept { return count_ == limit_; }
    float worst_score() const noexcept { return out_[0].score; }  // of a full one
    int limit() const noexcept { return limit_; }

    /// Puts them in the dialect's order and returns their number. kept(place): a kept box, with best_class.
    template <class Kept>
    int finish(const Kept& kept) noexcept {
        std::make_heap(out_, out_ + count_, Before{*this});
        std::sort_heap(out_, out_ + count_, Before{*this});
        for (int i = 0; best_class_ && i < count_; ++i) out_[i].anchor = kept(out_[i].anchor).prior;
        return count_;
    }

  private:
    struct Better {
        const Results& results;
        bool operator()(const Detection& a, const Detection& b) const noexcept {
            if (a.score != b.score) return a.score > b.score;
            if (results.group(a) != results.group(b)) return results.group(a) < results.group(b);
            return a.label != b.label ? a.label < b.label : a.anchor < b.anchor;
        }
    };
    struct Before {
        const Results& results;
        bool operator()(const Detection& a, const Detection& b) const noexcept {
            const int group_a = results.group(a), group_b = results.group(b);
            return results.grouped_ && group_a != group_b ? group_a < group_b : Better{results}(a, b);
        }
    };

    int group(const Detection& detection) const noexcept { return best_class_ ? detection.anchor : detection.label; }

    Detection* out_;
    int limit_;
    bool grouped_, best_class_;
    int count_ = 0;
};

}}}  // namespace ssd::v2::detail
#endif  // SSD_RESULTS_H
