#pragma once

#include "ssd/post_process.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

/// The bits of floats that are not finite: NaN of both signs, one that signals, the infinities.
inline constexpr std::uint32_t no_numbers[] = {0x7FC00000, 0xFFC00000, 0x7F800001, 0x7F800000, 0xFF800000};

/// By its bits: these tests are compiled with -Ofast too, where comparisons may go either way.
inline bool is_finite(float value) {
    volatile std::uint32_t bits;
    std::uint32_t copy;
    std::memcpy(&copy, &value, sizeof copy);
    bits = copy;
    return (bits & 0x7F800000) != 0x7F800000;
}

/// Raw outputs made by hand, and the call. Boxes are given as corners ymin, xmin, ymax, xmax: they are the priors, and
/// all encodings are zero.
struct Scene {
    ssd::PostProcessing settings{ssd::Dialect::caffe_ssd,
                                 ssd::Scores::sigmoid,
                                 ssd::BoxOrder::xywh,
                                 {0.1F, 0.1F, 0.2F, 0.2F},
                                 3,
                                 0,
                                 0.25F,
                                 0.5F,
                                 -1,
                                 1,
                                 -1,
                                 1,
                                 false};
    std::vector<float> table, encodings, logits;

    explicit Scene(ssd::Dialect dialect, int classes = 3) {
        settings.dialect = dialect;
        settings.classes = classes;
    }

    /// One prior with the scores of its classes but the background's, which gets none.
    void add(std::array<float, 4> corners, const std::vector<float>& scores) {
        const auto [ymin, xmin, ymax, xmax] = corners;
        table.insert(table.end(), {(ymin + ymax) / 2, (xmin + xmax) / 2, ymax - ymin, xmax - xmin});
        encodings.insert(encodings.end(), 4, 0.0F);
        logits.push_back(-100);
        for (const float score : scores) logits.push_back(std::log(score / (1 - score)));
    }

    int priors() const { return static_cast<int>(table.size() / 4); }

    std::vector<ssd::Detection> run(int capacity = 1000, float threshold = -1) const {
        const ssd::Priors all{nullptr, 0, table.data(), false, priors()};
        // Exactly as large as asked for, so that a sanitizer sees any byte beyond.
        const std::size_t bytes = ssd::post_scratch_bytes(settings, priors());
        std::vector<std::uint32_t> scratch(bytes / 4, 0xFFFFFFFFU);
        std::vector<ssd::Detection> found(static_cast<std::size_t>(capacity));
        const int count = ssd::post_process(settings, all, encodings.data(), logits.data(), scratch.data(),
                                            found.data(), capacity, {threshold});
        found.resize(static_cast<std::size_t>(count));
        return found;
    }
};

/// "label:anchor" of each detection, in order.
inline std::string list(const std::vector<ssd::Detection>& detections) {
    std::string text;
    for (const ssd::Detection& found : detections) {
        text += (text.empty() ? "" : " ") + std::to_string(found.label) + ":" + std::to_string(found.anchor);
    }
    return text;
}
