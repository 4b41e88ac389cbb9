#include "compiler.h"
#ifndef SSD_POST_PROCESS_H
#define SSD_POST_PROCESS_H

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <type_traits>

#include "classify.h"
#include "decode.h"
#include "detection.h"
#include "error.h"
#include "largest.h"
#include "number.h"
#include "post_processing.h"
#include "priors.h"
#include "results.h"
#include "suppress.h"

namespace ssd { inline namespace v2 {

/// Bytes of scratch memory for post_process: per prior two candidates (8 each), the normaliser of its softmax (8), its
/// decoded box (24) and its place among the kept boxes (4); per class a score (4) and a place among the best (8).
constexpr std::size_t post_scratch_bytes(const PostProcessing& settings, int priors) noexcept {
    return static_cast<std::size_t>(priors) * 52 + static_cast<std::size_t>(settings.classes) * 12;
}

namespace detail {

/// One call of post_process.
class PostProcess {
  public:
    PostProcess(const PostProcessing& settings, const Priors& priors, const float* boxes, const float* logits,
                void* scratch, float threshold, Detection* out, int limit) noexcept
        : settings_(settings),
          rules_(rules_of(settings)),
          decoder_(settings, priors, boxes),
          logits_(logits),
          priors_(priors.count),
          threshold_(threshold),
          boxes_(static_cast<Box*>(scratch)),
          results_(out, limit, rules_, boxes_) {
        char* memory = reinterpret_cast<char*>(boxes_ + priors_);
        const auto take = [&memory](auto*& array, int count) noexcept {
            array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(memory);
            memory += sizeof(*array) * static_cast<std::size_t>(count);
        };
        take(alive_, priors_);
        take(candidates_, priors_);
        take(normalisers_, priors_);
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
                candidates_[count++] = {key_of(alive_[i].prior, alive_[i].key), alive_[i].prior};
            }
            suppress(count, -1);
        } else {
            for (int label = 0; label < settings_.classes; ++label) {
                if (label != settings_.background) suppress(collect(label), label);
            }
        }
        return results_.finish();
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
        if (!(low > 0)) return lowest;
        if (low >= 1) return -lowest;
        return static_cast<float>(std::log(softmax() ? low : low / (1 - low)));
    }

    /// Monotone in the score, and cheap: the logit itself for a sigmoid, the score for a softmax.
    float key_of(int prior, float logit) const noexcept {
        if (!softmax()) return logit;
        return std::exp(logit - normalisers_[prior].largest) / normalisers_[prior].sum;
    }

    /// Lists the priors of which some class may pass, with their largest logit but the background's. With a softmax every logit of a
    /// prior has a share in its scores, so that all have to be finite; a sigmoid's stands alone.
    void find_alive() noexcept {
        const float least = cutoff(threshold_);
        const int classes = settings_.classes;
        const int background = settings_.background;
        const bool has_background = background >= 0 && background < classes;
        for (int prior = 0; prior < priors_; ++prior) {
            const float* values = row(prior);
            Largest found = largest(values, has_background ? background : classes);
            if (has_background) {
                const Largest behind = largest(values + background + 1, classes - background - 1);
                found = {std::max(found.value, behind.value), found.all_finite && behind.all_finite};
            }
            const float best = found.value;
            if (softmax()) {
                if (!found.all_finite || (has_background && !is_finite(values[background]))) continue;
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
            const float& logit = row(prior)[label];
            if (!is_finite(logit) || !(logit - (softmax() ? normalisers_[prior].largest : 0) >= least)) continue;
            candidates_[count++] = {key_of(prior, logit), prior};
        }
        return count;
    }

    /// Greedy non-maximum suppression over the collected candidates: of one class, or of each prior's best (label -1). A candidate
    /// without a box is passed over as if there were none.
    void suppress(int count, int label) noexcept {
        Descending descending(candidates_, count, !softmax());
        const int most_kept = std::min(rules_.most_kept, results_.limit());
        float iou_threshold = settings_.iou_threshold;
        int prior = 0;
        float score = 0;
        int kept = 0;
        for (int examined = 0; examined < rules_.most_examined && kept < most_kept;) {
            if (!descending.next(prior, score)) return;
            if (rules_.strict ? !(score > threshold_) : !(score >= threshold_)) return;
            if (boxes_[prior].area == not_decoded) boxes_[prior] = decoder_.decode(prior);
            if (boxes_[prior].area < 0) continue;
            ++examined;
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
            if (label == settings_.background || !is_finite(values[label])) {
                spoil(class_scores_[label]);  // out of the competition
            } else {
                class_scores_[label] = softmax() ? key_of(prior, values[label]) : sigmoid(values[label]);
            }
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

    static constexpr float not_decoded = -2;  // as an area

    const PostProcessing& settings_;
    Rules rules_;
    Decoder decoder_;
    const float* logits_;
    int priors_;
    float threshold_;
    Box* boxes_;
    Results results_;
    Candidate* alive_ = nullptr;
    Candidate* candidates_ = nullptr;
    Normaliser* normalisers_ = nullptr;
    int* kept_ = nullptr;
    float* class_scores_ = nullptr;
    Classification* best_classes_ = nullptr;
    int alive_count_ = 0;
};

}  // namespace detail

/// From raw outputs, boxes [priors.count][4] and logits [priors.count][classes], to detections in the dialect's own
/// order, as Caffe and TensorFlow have it. scratch: post_scratch_bytes(settings, priors.count) bytes, aligned to 4. Returns the number
/// written, or a negative ssd::Error; beyond capacity the lowest scores drop, of equal ones those that come later.
inline int post_process(const PostProcessing& settings, const Priors& priors, const float* boxes, const float* logits,
                        void* scratch, Detection* out, int capacity, const DetectOptions& options) noexcept {
    const bool empty = priors.count == 0;
    const int wrong = detail::first_wrong(detail::wrong_if(!empty && (boxes == nullptr || logits == nullptr), Error::no_outputs),
                                          detail::wrong_with_results(out, capacity), detail::wrong_with(options),
                                          empty ? 0 : detail::wrong_with_memory(scratch, alignof(float)));
    if (wrong != 0) return wrong;
    const float threshold = options.score_threshold >= 0 ? options.score_threshold : settings.score_threshold;
    const int limit = std::min(detail::rules_of(settings).most_detections, capacity);
    if (limit <= 0 || empty) return 0;
    return detail::PostProcess(settings, priors, boxes, logits, scratch, threshold, out, limit).run();
}

}}  // namespace ssd::v2
#endif  // SSD_POST_PROCESS_H
