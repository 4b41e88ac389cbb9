#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

#include "ssd/classify.h"
#include "ssd/decode.h"
#include "ssd/detection.h"
#include "ssd/largest.h"
#include "ssd/post_processing.h"
#include "ssd/priors.h"
#include "ssd/suppress.h"

namespace ssd {

/// Bytes of scratch memory for post_process: per prior two candidates (8 each), the normaliser of its softmax (8), its
/// decoded box (24) and its place among the kept boxes (4); per class a score (4) and a place among the best (8).
constexpr std::size_t post_scratch_bytes(const PostProcessing& settings, int priors) noexcept {
    return static_cast<std::size_t>(priors) * 52 + static_cast<std::size_t>(settings.classes) * 12;
}

namespace detail {

inline constexpr int no_limit = std::numeric_limits<int>::max();
constexpr int limit_of(int setting) noexcept {
    return setting < 0 ? no_limit : setting;
}

/// What the dialects disagree on, as data.
struct Rules {
    bool strict;          // a score has to be above the threshold, not only to reach it
    bool best_class;      // a prior competes once, with its best class, and not in every class by itself
    bool group_by_rank;   // order of the result: by the kept box,
    bool group_by_label;  // or by the label; then in either case by score
    int most_examined;    // candidates of one suppression that are looked at
    int most_kept;        // boxes that one suppression keeps
    int most_detections;
    float eta;
};

inline Rules rules_of(const PostProcessing& settings) noexcept {
    const int detections = limit_of(settings.max_detections);
    const int per_class = limit_of(settings.detections_per_class);
    switch (settings.dialect) {
        case Dialect::caffe_ssd:
            return {true, false, false, true, per_class, no_limit, detections, settings.eta};
        case Dialect::tflite_regular:
            return {false, false, false, false, no_limit, per_class, detections, 1};
        case Dialect::tflite_fast:
            break;
    }
    return {false, true, true, false, no_limit, detections, no_limit, 1};
}

/// The result so far: the best `limit` detections, in a heap with the worst on top once there are that many.
class Results {
  public:
    Results(Detection* out, int limit) noexcept : out_(out), limit_(limit) {}

    /// False if it is no better than all that stand here already.
    bool add(const Detection& detection) noexcept {
        if (full()) {
            if (!better(detection, out_[0])) return false;
            std::pop_heap(out_, out_ + count_, better);
            out_[count_ - 1] = detection;
            std::push_heap(out_, out_ + count_, better);
            return true;
        }
        out_[count_++] = detection;
        if (full()) std::make_heap(out_, out_ + count_, better);
        return true;
    }

    bool full() const noexcept { return count_ == limit_; }
    float worst_score() const noexcept { return out_[0].score; }  // of a full one
    int limit() const noexcept { return limit_; }

    /// Puts them in the dialect's order and returns their number.
    int finish(const Rules& rules, const Box* boxes) noexcept {
        const auto before = [&rules, boxes](const Detection& a, const Detection& b) noexcept {
            const int group_a = rules.group_by_label ? a.label : rules.group_by_rank ? boxes[a.anchor].rank : 0;
            const int group_b = rules.group_by_label ? b.label : rules.group_by_rank ? boxes[b.anchor].rank : 0;
            return group_a != group_b ? group_a < group_b : better(a, b);
        };
        std::make_heap(out_, out_ + count_, before);
        std::sort_heap(out_, out_ + count_, before);
        return count_;
    }

  private:
    static bool better(const Detection& a, const Detection& b) noexcept {
        if (a.score != b.score) return a.score > b.score;
        return a.label != b.label ? a.label < b.label : a.anchor < b.anchor;
    }

    Detection* out_;
    int limit_;
    int count_ = 0;
};

/// One call of post_process.
class PostProcess {
  public:
    PostProcess(const PostProcessing& settings, const Priors& priors, const float* boxes, const float* logits,
                void* scratch, float threshold, Results& results) noexcept
        : settings_(settings),
          rules_(rules_of(settings)),
          decoder_(settings, priors, boxes),
          logits_(logits),
          priors_(priors.count),
          threshold_(threshold),
          results_(results) {
        char* memory = static_cast<char*>(scratch);
        const auto take = [&memory](auto*& array, int count) noexcept {
            array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(memory);
            memory += sizeof(*array) * static_cast<std::size_t>(count);
        };
        take(alive_, priors_);
        take(candidates_, priors_);
        take(normalisers_, priors_);
        take(boxes_, priors_);
        take(kept_, priors_);
        take(class_scores_, settings.classes);
        take(best_classes_, settings.classes);
    }

    int run() noexcept {
        if (settings_.dialect != Dialect::caffe_ssd && decoder_.any_inverted()) return 0;
        find_alive();
        if (rules_.best_class) {
            int count = 0;
            for (int i = 0; i < alive_count_; ++i) {
                const float key = key_of(alive_[i].prior, alive_[i].key);
                if (!std::isnan(key)) candidates_[count++] = {key, alive_[i].prior};
            }
            suppress(count, -1);
        } else {
            for (int label = 0; label < settings_.classes; ++label) {
                if (label != settings_.background) suppress(collect(label), label);
            }
        }
        return results_.finish(rules_, boxes_);
    }

  private:
    struct Normaliser {
        float largest, sum;
    };

    bool softmax() const noexcept { return settings_.scores == Scores::softmax; }
    const float* row(int prior) const noexcept {
        return logits_ + static_cast<std::ptrdiff_t>(prior) * settings_.classes;
    }

    /// No score passes the threshold unless its logit (softmax: the distance to the row's largest, of which the score
    /// is at most the exponential) reaches this. The margin of 1e-5 outweighs all rounding here and in the score.
    float cutoff(float threshold) const noexcept {
        const double low = static_cast<double>(threshold) * (1 - 1e-5);
        if (!(low > 0)) return -std::numeric_limits<float>::infinity();
        if (low >= 1) return std::numeric_limits<float>::infinity();
        return static_cast<float>(std::log(softmax() ? low : low / (1 - low)));
    }

    /// Monotone in the score, and cheap: the logit itself for a sigmoid, the score for a softmax.
    float key_of(int prior, float logit) const noexcept {
        if (!softmax()) return logit;
        return std::exp(logit - normalisers_[prior].largest) / normalisers_[prior].sum;
    }

    /// Lists the priors of which some class may pass, with their largest logit but the background's.
    void find_alive() noexcept {
        const float least = cutoff(threshold_);
        const int classes = settings_.classes;
        const int background = settings_.background;
        const bool has_background = background >= 0 && background < classes;
        for (int prior = 0; prior < priors_; ++prior) {
            const float* values = row(prior);
            float best = largest(values, has_background ? background : classes);
            if (has_background) best = std::max(best, largest(values + background + 1, classes - background - 1));
            if (softmax()) {
                const float all = has_background && values[background] > best ? values[background] : best;
                if (!(best - all >= least)) continue;
                double sum = 0;
                for (int i = 0; i < classes; ++i) sum += static_cast<double>(std::exp(values[i] - all));
                normalisers_[prior] = {all, static_cast<float>(sum)};
                if (!(key_of(prior, best) >= threshold_ * (1 - 1e-5F))) continue;
            } else if (!(best >= least)) {
                continue;
            }
            boxes_[prior].area = not_decoded;
            alive_[alive_count_++] = {best, prior};
        }
    }

    /// The candidates of one class: those that may pass the threshold and the worst result, if no more results fit.
    int collect(int label) noexcept {
        const float least = cutoff(results_.full() ? std::max(threshold_, results_.worst_score()) : threshold_);
        int count = 0;
        for (int i = 0; i < alive_count_; ++i) {
            const int prior = alive_[i].prior;
            const float logit = row(prior)[label];
            if (!(logit - (softmax() ? normalisers_[prior].largest : 0) >= least)) continue;
            const float key = key_of(prior, logit);
            if (!std::isnan(key)) candidates_[count++] = {key, prior};
        }
        return count;
    }

    /// Greedy non-maximum suppression over the collected candidates: of one class, or of each prior's best (label -1).
    void suppress(int count, int label) noexcept {
        Descending descending(candidates_, count, !softmax());
        const int most_kept = std::min(rules_.most_kept, results_.limit());
        float iou_threshold = settings_.iou_threshold;
        int prior = 0;
        float score = 0;
        int kept = 0;
        for (int examined = 0; examined < rules_.most_examined && kept < most_kept; ++examined) {
            if (!descending.next(prior, score)) return;
            if (rules_.strict ? !(score > threshold_) : !(score >= threshold_)) return;
            if (boxes_[prior].area == not_decoded) boxes_[prior] = decoder_.decode(prior);
            if (suppressed(boxes_[prior], boxes_, kept_, kept, iou_threshold)) continue;
            if (label < 0) {
                add_best_classes(prior, kept);
            } else if (!results_.add(detection(prior, label, score))) {
                return;
            }
            kept_[kept++] = prior;
            if (rules_.eta < 1 && iou_threshold > 0.5F) iou_threshold *= rules_.eta;
        }
    }

    void add_best_classes(int prior, int rank) noexcept {
        boxes_[prior].rank = rank;
        const float* values = row(prior);
        for (int label = 0; label < settings_.classes; ++label) {
            class_scores_[label] = softmax() ? key_of(prior, values[label]) : sigmoid(values[label]);
        }
        if (settings_.background >= 0 && settings_.background < settings_.classes) {
            class_scores_[settings_.background] = std::numeric_limits<float>::quiet_NaN();  // out of the competition
        }
        const int most = std::min(settings_.max_classes_per_detection, settings_.classes);
        const int count = top_classes(class_scores_, settings_.classes, best_classes_, most);
        for (int i = 0; i < count; ++i) results_.add(detection(prior, best_classes_[i].label, best_classes_[i].score));
    }

    Detection detection(int prior, int label, float score) const noexcept {
        const Box& box = boxes_[prior];
        Detection result{label, score, box.ymin, box.xmin, box.ymax, box.xmax, prior};
        if (settings_.clip_boxes) {
            for (float* edge : {&result.ymin, &result.xmin, &result.ymax, &result.xmax}) {
                *edge = std::clamp(*edge, 0.0F, 1.0F);
            }
        }
        return result;
    }

    static constexpr float not_decoded = -1;  // as an area

    const PostProcessing& settings_;
    Rules rules_;
    Decoder decoder_;
    const float* logits_;
    int priors_;
    float threshold_;
    Results& results_;

    Candidate* alive_ = nullptr;
    Candidate* candidates_ = nullptr;
    Normaliser* normalisers_ = nullptr;
    Box* boxes_ = nullptr;
    int* kept_ = nullptr;
    float* class_scores_ = nullptr;
    Classification* best_classes_ = nullptr;
    int alive_count_ = 0;
};

}  // namespace detail

/// From raw outputs, boxes [priors.count][4] and logits [priors.count][classes], to detections in the dialect's own
/// order (SEMANTICS.md 2.4, 2.5). scratch: post_scratch_bytes(settings, priors.count) bytes, aligned to 64. Returns the
/// number written; beyond capacity the lowest scores drop.
inline int post_process(const PostProcessing& settings, const Priors& priors, const float* boxes, const float* logits,
                        void* scratch, Detection* out, int capacity, const DetectOptions& options) noexcept {
    const float threshold = options.score_threshold >= 0 ? options.score_threshold : settings.score_threshold;
    detail::Results results(out, std::min(detail::rules_of(settings).most_detections, capacity));
    if (results.limit() <= 0) return 0;
    return detail::PostProcess(settings, priors, boxes, logits, scratch, threshold, results).run();
}

}  // namespace ssd
