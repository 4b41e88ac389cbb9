#pragma once

#include "ssd/post_process.h"

#include <vector>

/// The three dialects written down as SEMANTICS.md 2.4 and 2.5 tell them, one after the other and without any thought
/// of speed: everything is scored, decoded and sorted. At most `capacity` detections, the lowest scores dropped.
std::vector<ssd::Detection> plain_post_process(const ssd::PostProcessing& settings, const std::vector<float>& table,
                                               const std::vector<float>& encodings, const std::vector<float>& logits,
                                               int capacity);

/// The same of scores [priors][classes] instead of logits.
std::vector<ssd::Detection> plain_post_process_of_scores(const ssd::PostProcessing& settings,
                                                         const std::vector<float>& table,
                                                         const std::vector<float>& encodings,
                                                         const std::vector<float>& scores, int capacity);
