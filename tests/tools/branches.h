#pragma once

// Networks with branches, of which Caffe can say everything.

#include <string>

namespace ssdgen::test {

/// A network with sums as residual networks have them, in every place: of two maps and of three, of one map twice, with
/// and without an activation, after each other, of maps that others take as well.
inline std::string description_with_sums() {
    return R"({"name": "sums", "width_multiplier": {"rounding": "floor", "scales": ["backbone"]}, "padding": "caffe",
        "activation": "relu", "input": {"height": 33, "width": 29, "channels": 3, "order": "rgb", "resize": "half_pixel",
            "mean": [104, 117, 123], "scale": [0.017, 0.02, 0.015]},
        "backbone": [
            {"name": "stem", "type": "convolution", "channels": 12, "kernel": 3, "stride": 2},
            {"name": "expand", "type": "pointwise", "channels": 20},
            {"name": "deep", "type": "depthwise", "kernel": 3, "stride": 1},
            {"name": "project", "type": "pointwise", "channels": 12, "activation": "none"},
            {"name": "residual", "type": "add", "inputs": ["project", "stem"]},
            {"name": "wide", "type": "pointwise", "channels": 20},
            {"name": "again", "type": "depthwise", "kernel": 3, "stride": 1, "activation": "none"},
            {"name": "clipped", "type": "add", "inputs": ["wide", "again"], "activation": "relu6"},
            {"name": "branch", "type": "pointwise", "channels": 20, "input": "wide", "activation": "none"},
            {"name": "three", "type": "add", "inputs": ["branch", "clipped", "wide"], "activation": "relu"},
            {"name": "twice", "type": "add", "inputs": ["three", "three"]},
            {"name": "down", "type": "convolution", "channels": 17, "kernel": 3, "stride": 2}],
        "classifier": [
            {"name": "pool", "type": "average_pool", "kernel": "global"},
            {"name": "fc", "type": "fully_connected", "channels": 10}]})";
}

/// A network that joins maps: of two layers and of three, a map twice, joined ones again, for every kind of layer; of a
/// map that others take as well, and with a sum.
inline std::string description_with_concats() {
    return R"({"name": "concats", "width_multiplier": {"rounding": "floor", "scales": ["backbone"]}, "padding": "caffe",
        "activation": "relu", "input": {"height": 21, "width": 26, "channels": 3, "order": "rgb", "resize": "half_pixel",
            "mean": [104, 117, 123], "scale": [0.017, 0.02, 0.015]},
        "backbone": [
            {"name": "stem", "type": "convolution", "channels": 12, "kernel": 3, "stride": 2},
            {"name": "squeeze", "type": "pointwise", "channels": 7},
            {"name": "wide", "type": "convolution", "channels": 9, "kernel": 3, "stride": 1, "activation": "relu6"},
            {"name": "fire", "type": "concat", "inputs": ["wide", "squeeze"]},
            {"name": "deep", "type": "depthwise", "kernel": 3, "stride": 1, "activation": "none"},
            {"name": "dense", "type": "concat", "inputs": ["stem", "deep", "fire"]},
            {"name": "transition", "type": "pointwise", "channels": 14},
            {"name": "twice", "type": "concat", "inputs": ["squeeze", "squeeze"]},
            {"name": "sum", "type": "add", "inputs": ["twice", "transition"], "activation": "relu"},
            {"name": "down", "type": "convolution", "channels": 11, "kernel": 3, "stride": 2},
            {"name": "halved", "type": "depthwise", "kernel": 3, "stride": 2, "input": "sum"},
            {"name": "last", "type": "concat", "inputs": ["halved", "down"]}],
        "classifier": [
            {"name": "pool", "type": "average_pool", "kernel": "global"},
            {"name": "fc", "type": "fully_connected", "channels": 10}]})";
}

}  // namespace ssdgen::test
