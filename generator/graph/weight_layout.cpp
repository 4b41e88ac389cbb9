#include "graph/weight_layout.h"

#include "support/error.h"
#include "weights/layout.h"

namespace ssdgen {

WeightTensor convolution_weights(const WeightTensor& neutral) { return permuted(neutral, {0, 2, 3, 1}); }

WeightTensor neutral_convolution_weights(const WeightTensor& weights) { return permuted(weights, {0, 3, 1, 2}); }

WeightTensor depthwise_weights(const WeightTensor& neutral) {
    const WeightTensor turned = permuted(neutral, {1, 2, 3, 0});
    const std::vector<int>& shape = turned.shape;
    check(shape[0] == 1, "a depthwise layer has one input channel an output");
    return reshaped(turned, {shape[1], shape[2], shape[3]});
}

WeightTensor neutral_depthwise_weights(const WeightTensor& weights) {
    const std::vector<int>& shape = weights.shape;
    return permuted(reshaped(weights, {1, shape.at(0), shape.at(1), shape.at(2)}), {3, 0, 1, 2});
}

WeightTensor fully_connected_weights(const WeightTensor& neutral, int height, int width) {
    const int inputs = neutral.shape.at(1) / (height * width);
    return permuted(reshaped(neutral, {neutral.shape[0], inputs, height, width}), {0, 2, 3, 1});
}

WeightTensor neutral_fully_connected_weights(const WeightTensor& weights) {
    const WeightTensor turned = permuted(weights, {0, 3, 1, 2});
    const std::vector<int>& shape = turned.shape;
    return reshaped(turned, {shape[0], shape[1] * shape[2] * shape[3]});
}

}  // namespace ssdgen
