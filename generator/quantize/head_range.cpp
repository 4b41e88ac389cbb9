#include "quantize/head_range.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr double least_score = 0.01;  // that NAME_detect --truth looks at
constexpr double nothing = 12;

void widen(ValueRange& range, double value) {
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
}

/// The logits of a prior.
struct Row {
    const Head& head;
    const float* logits;

    double largest() const { return static_cast<double>(*std::max_element(logits, logits + head.classes)); }

    /// The best class but the background.
    double best_score() const {
        double best = -INFINITY, sum = 0;
        const double top = largest();
        for (int label = 0; label < head.classes; ++label) {
            const double logit = static_cast<double>(logits[label]);
            sum += std::exp(logit - top);
            if (label != head.background) best = std::max(best, logit);
        }
        switch (head.scores) {
            case ScoreConversion::softmax: return std::exp(best - top) / sum;
            case ScoreConversion::sigmoid: break;
        }
        return 1 / (1 + std::exp(-best));
    }

    /// Below it a logit counts for nothing.
    double floor() const { return head.scores == ScoreConversion::softmax ? largest() - nothing : -nothing; }
};

}  // namespace

void HeadRanges::add(const HeadRanges& other) {
    for (const double value : {other.boxes.low, other.boxes.high}) widen(boxes, value);
    for (const double value : {other.logits.low, other.logits.high}) widen(logits, value);
    empty = empty && other.empty;
}

HeadRanges head_ranges(const Head& head, const std::vector<FloatValues>& values) {
    HeadRanges ranges;
    for (const HeadSource& source : head.sources) {
        const FloatValues& boxes = values[static_cast<std::size_t>(source.boxes)];
        const FloatValues& logits = values[static_cast<std::size_t>(source.logits)];
        for (std::size_t prior = 0; prior < boxes.size() / 4; ++prior) {
            const Row row{head, logits.data() + prior * static_cast<std::size_t>(head.classes)};
            for (const double value : {row.floor(), row.largest()}) widen(ranges.logits, value);
            if (row.best_score() < least_score) continue;
            ranges.empty = false;
            for (std::size_t i = 0; i < 4; ++i) widen(ranges.boxes, static_cast<double>(boxes[prior * 4 + i]));
        }
    }
    return ranges;
}

}  // namespace ssdgen
