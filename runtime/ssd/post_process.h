#include "compiler.h"
#ifndef SSD_POST_PROCESS_H
#define SSD_POST_PROCESS_H

#include <algorithm>
#include <cmath>
#include <cstddef>

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

/// The next count objects of scratch memory.
template <class T>
T* take(char*& memory, int count) noexcept {
    T* const array = reinterpret_cast<T*>(memory);
    memory += sizeof(T) * static_cast<std::size_t>(count);
    return array;
}

/// No score passes the threshold unless its logit (softmax: the distance to the row's largest, of which the score is
/// at most the exponential) reaches this. The margin of 1e-5 outweighs all rounding here and in the score.
inline float cutoff(float threshold, bool softmax) noexcept {
    const double low = static_cast<double>(threshold) * (1 - 1e-5);
    if (!(low > 0)) return lowest;
    if (low >= 1) return -lowest;
    return static_cast<float>(std::log(softmax ? low : low / (1 - low)));
}

/// Raw outputs in floats: which priors compete, with which keys, and their boxes.
class FloatOutputs {
  public:
    FloatOutputs(const PostProcessing& settings, const Priors& priors, const float* boxes, const float* logits, char*& memory) noexcept
        : settings_(settings), decoder_(settings, priors), encodings_(boxes), logits_(logits), priors_(priors.count),
          boxes_(take<Box>(memory, priors_)), alive_(take<Candidate>(memory, priors_)), candidates_(take<Candidate>(memory, priors_)),
          normalisers_(take<Normaliser>(memory, priors_)), kept_(take<int>(memory, priors_)) {}

    /// Lists the priors of which some class may pass, with the key of their best class but the background. With a softmax every logit of a
    /// prior has a share in its scores, so that all have to be finite; a sigmoid's stands alone.
    void find_alive(float threshold) noexcept {
        const float least = cutoff(threshold, softmax());
        const int classes = settings_.classes, background = settings_.background;
        const bool has_background = background >= 0 && background < classes;
        for (int prior = 0; prior < priors_; ++prior) {
            const float* values = row(prior);
            Largest found = largest(values, has_background ? background : classes);
            if (has_background) {
                const Largest behind = largest(values + background + 1, classes - background - 1);
                found = {std::max(found.value, behind.value), found.all_finite && behind.all_finite};
            }
            const float best = found.value;
            if (!softmax() && !(best >= least)) continue;
            if (softmax()) {
                if (!found.all_finite || (has_background && !is_finite(values[background]))) continue;
                const float all = has_background && values[background] > best ? values[background] : best;
                if (!(best - all >= least)) continue;
                double sum = 0;
                for (int i = 0; i < classes; ++i) sum += static_cast<double>(std::exp(values[i] - all));
                normalisers_[prior] = {all, static_cast<float>(sum)};
                if (!(key_of(prior, best) >= threshold * (1 - 1e-5F))) continue;
            }
            boxes_[prior].area = not_decoded;
            alive_[alive_count_++] = {key_of(prior, best), prior};
        }
    }

    /// Each prior's best class as its candidate.
    Descending<Candidate> best_classes() const noexcept { return {alive_, alive_count_, !softmax()}; }

    /// The candidates of one class: those whose score may reach the least.
    Descending<Candidate> collect(int label, float least_score) const noexcept {
        const float least = cutoff(least_score, softmax());
        int count = 0;
        for (int i = 0; i < alive_count_; ++i) {
            const int prior = alive_[i].prior;
            const float& logit = row(prior)[label];
            if (!is_finite(logit) || !(logit - (softmax() ? normalisers_[prior].largest : 0) >= least)) continue;
            candidates_[count++] = {key_of(prior, logit), prior};
        }
        return {candidates_, count, !softmax()};
    }

    /// Puts the box of a candidate behind those that are kept, `place` of them; operator() gives one of them.
    const Box& box(const Candidate& candidate, int place) noexcept {
        kept_[place] = candidate.prior;
        Box& box = boxes_[candidate.prior];
        if (box.area == not_decoded) box = decode(candidate.prior);
        return box;
    }
    const Box& operator()(int place) const noexcept { return boxes_[kept_[place]]; }
    Box decode(int prior) const noexcept { return decoder_.decode(prior, encodings_ + static_cast<std::ptrdiff_t>(prior) * 4); }

    /// Not finite if the logit is not.
    float score(const Candidate& candidate, int label) const noexcept {
        const float& logit = row(candidate.prior)[label];
        if (softmax() || !is_finite(logit)) return key_of(candidate.prior, logit);
        return sigmoid(logit);
    }

  private:
    struct Normaliser { float largest, sum; };

    bool softmax() const noexcept { return settings_.scores == Scores::softmax; }
    const float* row(int prior) const noexcept { return logits_ + static_cast<std::ptrdiff_t>(prior) * settings_.classes; }

    /// Monotone in the score, and cheap: the logit itself for a sigmoid, the score for a softmax.
    float key_of(int prior, float logit) const noexcept {
        return softmax() ? std::exp(logit - normalisers_[prior].largest) / normalisers_[prior].sum : logit;
    }

    static constexpr float not_decoded = -2;  // as an area

    const PostProcessing& settings_;
    Decoder decoder_;
    const float *encodings_, *logits_;
    int priors_;
    Box* boxes_;
    Candidate *alive_, *candidates_;
    Normaliser* normalisers_;
    int* kept_;
    int alive_count_ = 0;
};

/// One call of post_process. Outputs: FloatOutputs, or the like of it for another form of raw outputs.
template <class Outputs>
class PostProcess {
  public:
    PostProcess(const PostProcessing& settings, const Priors& priors, Outputs& outputs, char* memory, float threshold, Detection* out,
                int limit) noexcept
        : settings_(settings), rules_(rules_of(settings)), priors_(priors), outputs_(outputs), threshold_(threshold),
          results_(out, limit, rules_), class_scores_(take<float>(memory, settings.classes)),
          best_classes_(take<Classification>(memory, settings.classes)) {}

    int run() noexcept {
        if (settings_.dialect != Dialect::caffe_ssd && any_inverted(priors_, outputs_)) return 0;
        outputs_.find_alive(threshold_);
        if (rules_.best_class) suppress(outputs_.best_classes(), -1);
        for (int label = 0; !rules_.best_class && label < settings_.classes; ++label) {
            // If no more results fit, a candidate has to be as good as the worst of them.
            const float least = results_.full() ? std::max(threshold_, results_.worst_score()) : threshold_;
            if (label != settings_.background) suppress(outputs_.collect(label, least), label);
        }
        return results_.finish(outputs_);
    }

  private:
    /// Greedy non-maximum suppression over the collected candidates: of one class, or of each prior's best (label -1). A candidate
    /// without a box is passed over as if there were none.
    template <class Candidate>
    void suppress(Descending<Candidate> candidates, int label) noexcept {
        const int most_kept = std::min(rules_.most_kept, results_.limit());
        float iou_threshold = settings_.iou_threshold, score = 0;
        int kept = 0;
        for (int examined = 0; examined < rules_.most_examined && kept < most_kept;) {
            const Candidate* const candidate = candidates.next(score);
            if (candidate == nullptr || !(rules_.strict ? score > threshold_ : score >= threshold_)) return;
            const Box& box = outputs_.box(*candidate, kept);
            if (box.area < 0) continue;
            ++examined;
            if (suppressed(box, outputs_, kept, iou_threshold)) continue;
            if (label >= 0 && !results_.add(detection(box, label, score, box.prior))) return;
            if (label < 0) add_best_classes(*candidate, box, kept);
            ++kept;
            if (rules_.eta < 1 && iou_threshold > 0.5F) iou_threshold *= rules_.eta;
        }
    }

    template <class Candidate>
    void add_best_classes(const Candidate& candidate, const Box& box, int place) noexcept {
        for (int label = 0; label < settings_.classes; ++label) {
            class_scores_[label] = outputs_.score(candidate, label);
            if (label == settings_.background) spoil(class_scores_[label]);  // out of the competition
        }
        const int most = std::min(settings_.max_classes_per_detection, settings_.classes);
        const int count = top_classes(class_scores_, settings_.classes, best_classes_, most);
        for (int i = 0; i < count; ++i) results_.add(detection(box, best_classes_[i].label, best_classes_[i].score, place));
    }

    Detection detection(const Box& box, int label, float score, int anchor) const noexcept {
        Detection result{label, score, box.ymin, box.xmin, box.ymax, box.xmax, anchor};
        for (float* edge : {&result.ymin, &result.xmin, &result.ymax, &result.xmax}) {
            if (settings_.clip_boxes) *edge = std::clamp(*edge, 0.0F, 1.0F);
        }
        return result;
    }

    const PostProcessing& settings_;
    Rules rules_;
    const Priors& priors_;
    Outputs& outputs_;
    float threshold_;
    Results results_;
    float* class_scores_;
    Classification* best_classes_;
};

/// post_process of raw outputs that are Stored, as Outputs reads them; meaning: what it has to know besides.
template <class Outputs, class Stored, class... Meaning>
int post_process_as(const PostProcessing& settings, const Priors& priors, const Stored* boxes, const Stored* logits, void* scratch,
                    Detection* out, int capacity, const DetectOptions& options, const Meaning&... meaning) noexcept {
    const bool empty = priors.count == 0;
    const int wrong = first_wrong(wrong_if(!empty && (boxes == nullptr || logits == nullptr), Error::no_outputs),
                                  wrong_with_results(out, capacity), wrong_with(options),
                                  empty ? 0 : wrong_with_memory(scratch, alignof(float)));
    if (wrong != 0) return wrong;
    const float threshold = options.score_threshold >= 0 ? options.score_threshold : settings.score_threshold;
    const int limit = std::min(rules_of(settings).most_detections, capacity);
    if (limit <= 0 || empty) return 0;
    char* memory = static_cast<char*>(scratch);
    Outputs outputs(settings, priors, boxes, logits, memory, meaning...);
    return PostProcess<Outputs>(settings, priors, outputs, memory, threshold, out, limit).run();
}

}  // namespace detail

/// From raw outputs, boxes [priors.count][4] and logits [priors.count][classes], to detections in the dialect's own
/// order, as Caffe and TensorFlow have it. scratch: post_scratch_bytes(settings, priors.count) bytes, aligned to 4. Returns the number
/// written, or a negative ssd::Error; beyond capacity the lowest scores drop, of equal ones those that come later.
inline int post_process(const PostProcessing& settings, const Priors& priors, const float* boxes, const float* logits,
                        void* scratch, Detection* out, int capacity, const DetectOptions& options) noexcept {
    return detail::post_process_as<detail::FloatOutputs>(settings, priors, boxes, logits, scratch, out, capacity, options);
}

}}  // namespace ssd::v2
#endif  // SSD_POST_PROCESS_H
