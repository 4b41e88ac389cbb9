#pragma once

#include "description/read.h"
#include "support/error.h"

#include <string>

/// Small documents that are right, for tests to spoil.

inline const char* const small_detector = R"({
  "name": "small", "alpha": 0.5, "rho": 0.75,
  "width_multiplier": {"rounding": "floor", "scales": ["backbone"]},
  "padding": "caffe", "activation": "relu", "batch_norm": {"epsilon": 0.001},
  "input": {"height": 32, "width": 48, "channels": 3, "order": "bgr", "mean": [1, 2, 3], "scale": [0.5, 0.25, 2],
            "resize": "half_pixel"},
  "backbone": [
    {"name": "conv0", "type": "convolution", "channels": 8, "kernel": 3, "stride": 2},
    {"name": "conv1/dw", "type": "depthwise", "kernel": 3, "stride": 1},
    {"name": "conv1", "type": "pointwise", "channels": 16}],
  "extras": [{"name": "pool", "type": "average_pool", "kernel": 2, "stride": 2}],
  "head": {
    "kernel": 1, "classes": 21, "background": 0, "scores": "softmax",
    "box_code": {"order": "xywh", "variances": [0.1, 0.1, 0.2, 0.2]},
    "priors": {"convention": "caffe", "flip": true, "clip": false, "offset": 0.5, "size_rounding": "truncate",
               "follow_rho": "relative"},
    "sources": [{"layer": "conv1", "boxes": 4, "min_sizes": [8], "max_sizes": [16], "aspect_ratios": [2]},
                {"layer": "pool", "boxes": 1, "min_sizes": [20]}],
    "post_processing": {"dialect": "caffe-ssd", "score_threshold": 0.25, "iou_threshold": 0.45, "top_k": 100,
                        "keep_top_k": -1, "eta": 1, "clip_boxes": false}}})";

inline const char* const small_classifier = R"({
  "name": "tiny",
  "width_multiplier": {"rounding": "make_divisible_8", "scales": []},
  "padding": "same", "activation": "none",
  "input": {"height": 8, "width": 8, "channels": 1, "order": "gray", "mean": [0], "scale": [1], "resize": "asymmetric"},
  "backbone": [
    {"name": "conv0", "type": "convolution", "channels": 8, "kernel": 3, "stride": 2},
    {"name": "pool", "type": "average_pool", "kernel": "global"},
    {"name": "fc", "type": "fully_connected", "channels": 10},
    {"name": "softmax", "type": "softmax"}]})";

/// The message of the InputError that a text gives as bad.json; "read without an error" if it gives none.
inline std::string message_of(const std::string& text) {
    try {
        ssdgen::parse_description(text, "bad.json");
    } catch (const ssdgen::InputError& error) {
        return error.what();
    }
    return "read without an error";
}
