#pragma once

#include "weights/requantization.h"
#include "weights/weight_tensor.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// How a layer's output is stored while the network runs: u8 or s8, one scale and zero point for the whole map.
struct StoredMap {
    Element element = Element::u8;
    Quantization quantization;
};

/// How a quantized detector stores what its predictors make, joined to one list each: box encodings, logits, and where
/// the model has a LOGISTIC inside the scores that it makes of these.
struct StoredHead {
    std::optional<StoredMap> boxes, logits, scores;
};

inline bool operator==(const StoredMap& a, const StoredMap& b) {
    return a.element == b.element && a.quantization == b.quantization;
}

inline bool operator==(const StoredHead& a, const StoredHead& b) {
    return a.boxes == b.boxes && a.logits == b.logits && a.scores == b.scores;
}

/// Named tensors, as a weights file holds them. The neutral form, whatever the file:
///
///     LAYER.weight                [out][in][kh][kw]; depthwise [channels][1][kh][kw]; fully connected [out][in]
///     LAYER.bias                  [out]
///     LAYER.batch_norm.mean, .variance, .gamma, .beta     [out], to be folded
///     priors                      [priors][4]: centre y, centre x, height, width, relative to the picture
///
/// A fully connected layer's inputs are numbered as [channel][y][x].
struct Weights {
    std::string file;    // for messages
    std::string sha256;  // of the file, if read_weights() read one
    std::map<std::string, WeightTensor> tensors;
    std::map<std::string, StoredMap> maps;  // of a quantized network, by the layer; "input": what the first layer takes
    StoredHead head;                        // of a quantized detector
    std::optional<Requantization> requantization;  // if the file states by which arithmetic it was made
};

/// What a network expects of its weights.
struct TensorSpec {
    std::string name;
    std::vector<int> shape;
    int fan_in = 0;  // weights: terms of one output's sum; 0 for biases
};

}  // namespace ssdgen
