#pragma once

#include "graph/graph.h"

namespace ssdgen {

/// As a description spells it.
inline const char* spell(ChannelOrder order) {
    return order == ChannelOrder::gray ? "gray" : order == ChannelOrder::rgb ? "rgb" : "bgr";
}

inline const char* spell(Activation activation) {
    return activation == Activation::none ? "none" : activation == Activation::relu ? "relu" : "relu6";
}

inline const char* spell(BoxOrder order) { return order == BoxOrder::xywh ? "xywh" : "yxhw"; }

inline const char* spell(ScoreConversion scores) { return scores == ScoreConversion::softmax ? "softmax" : "sigmoid"; }

}  // namespace ssdgen
