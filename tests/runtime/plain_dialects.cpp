#include "plain_dialects.h"

#include <algorithm>
#include <cmath>

namespace {

using ssd::Detection;
using Scores = std::vector<std::vector<float>>;  // [priors][classes]

Scores score_all(const ssd::PostProcessing& settings, const std::vector<float>& logits) {
    const std::size_t classes = static_cast<std::size_t>(settings.classes);
    Scores scores(logits.size() / classes, std::vector<float>(classes));
    for (std::size_t prior = 0; prior < scores.size(); ++prior) {
        const float* row = logits.data() + prior * classes;
        const float largest = *std::max_element(row, row + classes);
        double sum = 0;
        for (std::size_t c = 0; c < classes; ++c) sum += static_cast<double>(std::exp(row[c] - largest));
        for (std::size_t c = 0; c < classes; ++c) {
            scores[prior][c] = settings.scores == ssd::Scores::softmax
                                   ? std::exp(row[c] - largest) / static_cast<float>(sum)
                                   : static_cast<float>(1 / (1 + std::exp(-static_cast<double>(row[c]))));
        }
    }
    return scores;
}

/// Everything but label and score.
Detection decode(const ssd::PostProcessing& settings, const float* prior, const float* code, int index) {
    const bool caffe = settings.dialect == ssd::Dialect::caffe_ssd;
    const int y = settings.order == ssd::BoxOrder::yxhw ? 0 : 1, x = 1 - y;
    double t[4];
    for (int i = 0; i < 4; ++i) {
        const float scale = 1.0F / settings.variances[i];
        t[i] = caffe ? static_cast<double>(code[i]) * static_cast<double>(settings.variances[i])
                     : static_cast<double>(code[i]) / static_cast<double>(scale);
    }
    const auto wide = [](float value) { return static_cast<double>(value); };
    const float cy = static_cast<float>(t[y] * wide(prior[2]) + wide(prior[0]));
    const float cx = static_cast<float>(t[x] * wide(prior[3]) + wide(prior[1]));
    const float half_h = static_cast<float>(0.5 * std::exp(t[2 + y]) * wide(prior[2]));
    const float half_w = static_cast<float>(0.5 * std::exp(t[2 + x]) * wide(prior[3]));
    return {0, 0, cy - half_h, cx - half_w, cy + half_h, cx + half_w, index};
}

float area(const Detection& box) { return (box.ymax - box.ymin) * (box.xmax - box.xmin); }

float overlap(const Detection& a, const Detection& b) {
    const float h = std::max(0.0F, std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin));
    const float w = std::max(0.0F, std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin));
    return area(a) <= 0 || area(b) <= 0 ? 0 : h * w / (area(a) + area(b) - h * w);
}

bool higher(const Detection& a, const Detection& b) { return a.score > b.score; }

int limit(int setting) { return setting < 0 ? 1000000 : setting; }

std::vector<Detection> caffe_class(const ssd::PostProcessing& settings, std::vector<Detection> candidates) {
    std::stable_sort(candidates.begin(), candidates.end(), higher);
    if (static_cast<int>(candidates.size()) > limit(settings.detections_per_class)) {
        candidates.resize(static_cast<std::size_t>(settings.detections_per_class));
    }
    std::vector<Detection> kept;
    float threshold = settings.iou_threshold;
    for (const Detection& candidate : candidates) {
        bool keep = true;
        for (const Detection& other : kept) keep = keep && overlap(candidate, other) <= threshold;
        if (!keep) continue;
        kept.push_back(candidate);
        if (settings.eta < 1 && threshold > 0.5F) threshold *= settings.eta;
    }
    return kept;
}

std::vector<Detection> tflite_class(const ssd::PostProcessing& settings, std::vector<Detection> candidates, int most) {
    std::stable_sort(candidates.begin(), candidates.end(), higher);
    std::vector<Detection> kept;
    for (const Detection& candidate : candidates) {
        if (static_cast<int>(kept.size()) == most) break;
        bool keep = true;
        for (const Detection& other : kept) keep = keep && !(overlap(candidate, other) > settings.iou_threshold);
        if (keep) kept.push_back(candidate);
    }
    return kept;
}

/// The best `most` of them, equal ones by their place, in the order in which they stand.
std::vector<Detection> best_in_place(std::vector<Detection> all, int most) {
    std::vector<Detection> sorted = all;
    std::stable_sort(sorted.begin(), sorted.end(), higher);
    if (static_cast<int>(sorted.size()) > most) sorted.resize(static_cast<std::size_t>(most));
    const auto dropped = [&](const Detection& one) {
        return std::none_of(sorted.begin(), sorted.end(), [&](const Detection& kept) {
            return kept.label == one.label && kept.anchor == one.anchor;
        });
    };
    all.erase(std::remove_if(all.begin(), all.end(), dropped), all.end());
    return all;
}

std::vector<Detection> fast(const ssd::PostProcessing& settings, const Scores& scores,
                            const std::vector<Detection>& boxes) {
    std::vector<Detection> candidates;
    std::vector<std::vector<int>> ranking(boxes.size());
    for (std::size_t prior = 0; prior < boxes.size(); ++prior) {
        for (int c = 0; c < settings.classes; ++c) {
            if (c != settings.background) ranking[prior].push_back(c);
        }
        const auto score = [&](int c) { return scores[prior][static_cast<std::size_t>(c)]; };
        std::stable_sort(ranking[prior].begin(), ranking[prior].end(),
                         [&](int a, int b) { return score(a) > score(b); });
        Detection candidate = boxes[prior];
        candidate.score = score(ranking[prior][0]);
        if (candidate.score >= settings.score_threshold) candidates.push_back(candidate);
    }
    std::vector<Detection> result;
    for (Detection box : tflite_class(settings, candidates, limit(settings.max_detections))) {
        const std::size_t prior = static_cast<std::size_t>(box.anchor);
        for (std::size_t i = 0; i < ranking[prior].size() && static_cast<int>(i) < settings.max_classes_per_detection;
             ++i) {
            box.label = ranking[prior][i];
            box.score = scores[prior][static_cast<std::size_t>(box.label)];
            result.push_back(box);
        }
    }
    return result;
}

std::vector<Detection> of_scores(const ssd::PostProcessing& settings, const std::vector<float>& table,
                                 const std::vector<float>& encodings, const Scores& scores, int capacity) {
    std::vector<Detection> boxes;
    for (std::size_t prior = 0; prior < scores.size(); ++prior) {
        boxes.push_back(decode(settings, &table[prior * 4], &encodings[prior * 4], static_cast<int>(prior)));
    }
    if (settings.dialect == ssd::Dialect::tflite_fast) return best_in_place(fast(settings, scores, boxes), capacity);

    const bool caffe = settings.dialect == ssd::Dialect::caffe_ssd;
    std::vector<Detection> all;
    for (int label = 0; label < settings.classes; ++label) {
        if (label == settings.background) continue;
        std::vector<Detection> candidates;
        for (std::size_t prior = 0; prior < boxes.size(); ++prior) {
            Detection candidate = boxes[prior];
            candidate.label = label;
            candidate.score = scores[prior][static_cast<std::size_t>(label)];
            const bool passes =
                caffe ? candidate.score > settings.score_threshold : candidate.score >= settings.score_threshold;
            if (passes) candidates.push_back(candidate);
        }
        const std::vector<Detection> kept =
            caffe ? caffe_class(settings, candidates)
                  : tflite_class(settings, candidates, limit(settings.detections_per_class));
        all.insert(all.end(), kept.begin(), kept.end());
        if (!caffe) {
            std::stable_sort(all.begin(), all.end(), higher);
            if (static_cast<int>(all.size()) > limit(settings.max_detections)) {
                all.resize(static_cast<std::size_t>(settings.max_detections));
            }
        }
    }
    all = best_in_place(all, std::min(capacity, limit(settings.max_detections)));
    if (settings.clip_boxes) {
        for (Detection& box : all) {
            for (float* edge : {&box.ymin, &box.xmin, &box.ymax, &box.xmax}) *edge = std::clamp(*edge, 0.0F, 1.0F);
        }
    }
    return all;
}

}  // namespace

std::vector<Detection> plain_post_process(const ssd::PostProcessing& settings, const std::vector<float>& table,
                                          const std::vector<float>& encodings, const std::vector<float>& logits,
                                          int capacity) {
    return of_scores(settings, table, encodings, score_all(settings, logits), capacity);
}

std::vector<Detection> plain_post_process_of_scores(const ssd::PostProcessing& settings,
                                                    const std::vector<float>& table,
                                                    const std::vector<float>& encodings,
                                                    const std::vector<float>& scores, int capacity) {
    Scores rows;
    for (auto row = scores.begin(); row != scores.end(); row += settings.classes)
        rows.emplace_back(row, row + settings.classes);
    return of_scores(settings, table, encodings, rows, capacity);
}
