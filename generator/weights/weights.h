#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ssdgen {

/// Shape in memory order, last index fastest; shape and values agree.
struct WeightTensor {
    std::vector<int> shape;
    std::vector<float> values;
};

/// Named tensors, as a weights file holds them. The neutral form, whatever the file:
///
///     LAYER.weight                [out][in][kh][kw]; depthwise [channels][1][kh][kw]; fully connected [out][in]
///     LAYER.bias                  [out]
///     LAYER.batch_norm.mean, .variance, .gamma, .beta     [out], to be folded
///     priors                      [priors][4]: centre y, centre x, height, width, relative to the picture
///
/// A fully connected layer's inputs are numbered as [channel][y][x].
struct Weights {
    std::string file;  // for messages
    std::map<std::string, WeightTensor> tensors;
};

/// What a network expects of its weights.
struct TensorSpec {
    std::string name;
    std::vector<int> shape;
    int fan_in = 0;  // weights: terms of one output's sum; 0 for biases
};

}  // namespace ssdgen
