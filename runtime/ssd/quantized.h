#include "compiler.h"
#ifndef SSD_QUANTIZED_H
#define SSD_QUANTIZED_H

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "post_process.h"

namespace ssd { inline namespace v2 {

/// What a stored number of 8 bits stands for: (stored - zero_point) * scale, in f32. scale is above 0, and 255 times as
/// much is finite; zero_point is in 0..255.
struct Quantization {
    float scale;
    int zero_point;

    constexpr float value(int stored) const noexcept { return static_cast<float>(stored - zero_point) * scale; }
};

/// What the stored numbers of raw outputs stand for.
struct QuantizedOutputs {
    Quantization boxes;
    Quantization logits;
    /// Of a network that has LOGISTIC inside: the stored score of each of the 256 stored logits, which never falls, and
    /// what it stands for. Those are the scores then, whatever the settings say. Otherwise a null pointer.
    const std::uint8_t* score_table;
    Quantization scores;
};

/// to[i] = (from[i] - zero_point) * scale, in f32.
inline void dequantize(const std::uint8_t* from, std::ptrdiff_t count, float scale, int zero_point, float* to) noexcept {
    const Quantization meaning{scale, zero_point};
    // In blocks of their own memory, for which compilers use the processor's vectors without a second thought.
    constexpr int block = 16;
    const std::ptrdiff_t in_blocks = count - count % block;
    for (std::ptrdiff_t i = 0; i < in_blocks; i += block) {
        std::uint8_t stored[block];
        float values[block];
        std::memcpy(stored, from + i, sizeof stored);
        for (int k = 0; k < block; ++k) values[k] = meaning.value(stored[k]);
        std::memcpy(to + i, values, sizeof values);
    }
    for (std::ptrdiff_t i = in_blocks; i < count; ++i) to[i] = meaning.value(from[i]);
}

/// The other way round: the stored number nearest to each value, halves away from zero; of what is no number 0.
inline void quantize(const float* from, std::ptrdiff_t count, float scale, int zero_point, std::uint8_t* to) noexcept {
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const float stored = std::round(from[i] / scale) + static_cast<float>(zero_point);
        to[i] = stored > 0 ? static_cast<std::uint8_t>(stored < 255 ? stored : 255.0F) : std::uint8_t{0};
    }
}

namespace detail {

/// Boxes that are kept at once: of one class, or of the whole result.
constexpr int most_kept_boxes(const PostProcessing& settings, int priors) noexcept {
    const Rules rules = rules_of(settings);
    const int most = std::min(std::min(rules.most_kept, rules.most_examined), std::min(rules.most_detections, priors));
    return std::max(most, 0);
}

/// A prior that competes.
struct Survivor {
    float key;                 // of the class that it competes with
    float sum;                 // with a softmax: of the exponentials
    std::uint32_t prior : 24;
    std::uint32_t largest : 8; // stored logit: with a softmax of all classes, otherwise of all but the background
};
static_assert(sizeof(Survivor) == 12, "quantized_post_scratch_bytes counts on it");

}  // namespace detail

/// Bytes of scratch memory for post_process of quantized raw outputs: per prior 12, what is known of it while it competes; a decoded
/// box (24) for each that is kept at once, of which the settings' limits allow so many; per class a score (4) and a
/// place among the best (8).
constexpr std::size_t quantized_post_scratch_bytes(const PostProcessing& settings, int priors) noexcept {
    return static_cast<std::size_t>(priors) * sizeof(detail::Survivor) +
           static_cast<std::size_t>(detail::most_kept_boxes(settings, priors)) * sizeof(detail::Box) +
           static_cast<std::size_t>(settings.classes) * (sizeof(float) + sizeof(Classification));
}

namespace detail {

#ifndef SSD_STANDARD
/// The largest of count stored numbers; 0 if there are none. Sixteen lanes at a time, in the compilers' own vector type.
inline std::uint8_t largest(const std::uint8_t* values, int count) noexcept {
    using Lanes = std::uint8_t __attribute__((vector_size(16)));
    std::uint8_t result = 0;
    int i = 0;
    if (count >= 16) {
        Lanes best = {};
        const auto take = [&best, values](int first) noexcept {
            Lanes lanes;
            std::memcpy(&lanes, values + first, sizeof lanes);
            best = lanes > best ? lanes : best;
        };
        for (; i + 16 <= count; i += 16) take(i);
        take(count - 16);  // the rest, and some a second time
        i = count;
        for (int lane = 0; lane < 16; ++lane) result = std::max(result, best[lane]);
    }
#else
/// The largest of count stored numbers; 0 if there are none. Sixteen at a time, side by side: compilers use the
/// processor's vectors for them.
inline std::uint8_t largest(const std::uint8_t* values, int count) noexcept {
    constexpr int side_by_side = 16;
    std::uint8_t result = 0;
    int i = 0;
    if (count >= side_by_side) {
        std::uint8_t best[side_by_side] = {};
        for (; i + side_by_side <= count; i += side_by_side) {
            for (int k = 0; k < side_by_side; ++k) best[k] = std::max(best[k], values[i + k]);
        }
        for (const std::uint8_t one : best) result = std::max(result, one);
    }
#endif  // SSD_STANDARD
    for (; i < count; ++i) result = std::max(result, values[i]);
    return result;
}

/// Raw outputs of 8 bits, as FloatOutputs are of floats: which priors compete is decided on the stored logits.
class ByteOutputs {
  public:
    ByteOutputs(const PostProcessing& settings, const Priors& priors, const std::uint8_t* boxes, const std::uint8_t* logits,
                char*& memory, const QuantizedOutputs& meaning) noexcept
        : settings_(settings), meaning_(meaning), decoder_(settings, priors), encodings_(boxes), logits_(logits), priors_(priors.count),
          boxes_(take<Box>(memory, most_kept_boxes(settings, priors_))), alive_(take<Survivor>(memory, priors_)) {}

    /// Lists the priors of which some class may pass, with the key of their best class but the background.
    void find_alive(float threshold) noexcept {
        aim(threshold);
        const int classes = settings_.classes, background = settings_.background;
        const bool has_background = background >= 0 && background < classes;
        for (int prior = 0; prior < priors_; ++prior) {
            const std::uint8_t* logits = row(prior);
            int best = largest(logits, has_background ? background : classes);
            if (has_background) best = std::max<int>(best, largest(logits + background + 1, classes - background - 1));
            const int all = softmax() && has_background ? std::max<int>(best, logits[background]) : best;
            if (best < least(all)) continue;
            Survivor one{0, 0, static_cast<std::uint32_t>(prior) & 0xFFFFFFU, static_cast<std::uint32_t>(all) & 0xFFU};
            if (softmax()) {
                const float reference = meaning_.logits.value(all);
                double sum = 0;
                for (int i = 0; i < classes; ++i) sum += static_cast<double>(std::exp(meaning_.logits.value(logits[i]) - reference));
                one.sum = static_cast<float>(sum);
            }
            one.key = key_of(one, best);
            if (softmax() && !(one.key >= threshold)) continue;
            alive_[alive_count_++] = one;
        }
    }

    /// Each prior's best class as its candidate.
    Descending<Survivor> best_classes() const noexcept { return {alive_, alive_count_, sigmoid_keys()}; }

    /// The candidates of one class: those whose score may reach the least, which never falls from class to class. They
    /// are put before the other priors.
    Descending<Survivor> collect(int label, float least_score) noexcept {
        aim(least_score);
        int count = 0;
        for (int i = 0; i < alive_count_;) {
            Survivor& one = alive_[i];
            if (one.largest < least(one.largest)) {  // in no class any more
                one = alive_[--alive_count_];
                continue;
            }
            const int logit = row(one.prior)[label];
            if (logit >= least(one.largest)) {
                one.key = key_of(one, logit);
                std::swap(one, alive_[count++]);
            }
            ++i;
        }
        return {alive_, count, sigmoid_keys()};
    }

    /// Puts the box of a candidate behind those that are kept, `place` of them; operator() gives one of them.
    const Box& box(const Survivor& candidate, int place) noexcept { return boxes_[place] = decode(candidate.prior); }
    const Box& operator()(int place) const noexcept { return boxes_[place]; }
    Box decode(int prior) const noexcept {
        float code[4];
        dequantize(encodings_ + static_cast<std::ptrdiff_t>(prior) * 4, 4, meaning_.boxes.scale, meaning_.boxes.zero_point, code);
        return decoder_.decode(prior, code);
    }

    float score(const Survivor& candidate, int label) const noexcept {
        const int logit = row(candidate.prior)[label];
        return softmax() ? key_of(candidate, logit) : score_of(logit);
    }

  private:
    bool has_table() const noexcept { return meaning_.score_table != nullptr; }
    bool softmax() const noexcept { return !has_table() && settings_.scores == Scores::softmax; }
    bool sigmoid_keys() const noexcept { return !has_table() && !softmax(); }
    const std::uint8_t* row(int prior) const noexcept { return logits_ + static_cast<std::ptrdiff_t>(prior) * settings_.classes; }

    /// Of a class by itself: where there is no softmax.
    float score_of(int logit) const noexcept {
        return has_table() ? meaning_.scores.value(meaning_.score_table[logit]) : sigmoid(meaning_.logits.value(logit));
    }

    /// As FloatOutputs has it; with a table the score.
    float key_of(const Survivor& one, int logit) const noexcept {
        if (softmax()) return std::exp(meaning_.logits.value(logit) - meaning_.logits.value(static_cast<int>(one.largest))) / one.sum;
        return has_table() ? score_of(logit) : meaning_.logits.value(logit);
    }

    /// Sets what stored logits have to reach for a score that is not below the threshold.
    void aim(float threshold) noexcept {
        if (!softmax()) {
            while (bound_ < 256 && !(score_of(bound_) >= threshold)) ++bound_;
            return;
        }
        // A hundredth of a step outweighs the rounding of the numbers that the steps stand for.
        const double steps = -static_cast<double>(cutoff(threshold, true)) / static_cast<double>(meaning_.logits.scale) + 0.01;
        reach_ = static_cast<int>(std::floor(std::clamp(steps, -1.0, 255.0)));
    }

    /// The least stored logit that may pass, of a prior with this largest one.
    int least(int largest) const noexcept { return softmax() ? largest - reach_ : bound_; }

    const PostProcessing& settings_;
    const QuantizedOutputs& meaning_;
    Decoder decoder_;
    const std::uint8_t *encodings_, *logits_;
    int priors_;
    Box* boxes_;
    Survivor* alive_;
    int alive_count_ = 0;
    int bound_ = 0;   // without a softmax: the least stored logit that passes
    int reach_ = -1;  // with a softmax: how far below the largest of its prior a stored logit may be
};

}  // namespace detail

/// As post_process of floats, from raw outputs as the network has them inside, boxes [priors.count][4] and logits
/// [priors.count][classes], of at most 2^24 priors. Without a table of scores the result is that of the dequantized
/// numbers, to the bit. With one, everything goes by the scores that it gives. scratch:
/// quantized_post_scratch_bytes(settings, priors.count) bytes, aligned to 4.
inline int post_process(const PostProcessing& settings, const Priors& priors, const QuantizedOutputs& meaning, const std::uint8_t* boxes,
                        const std::uint8_t* logits, void* scratch, Detection* out, int capacity, const DetectOptions& options) noexcept {
    return detail::post_process_as<detail::ByteOutputs>(settings, priors, boxes, logits, scratch, out, capacity, options, meaning);
}

}}  // namespace ssd::v2
#endif  // SSD_QUANTIZED_H
