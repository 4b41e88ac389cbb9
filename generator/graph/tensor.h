#pragma once

#include "support/element.h"
#include "weights/weight_tensor.h"
#include "weights/weights.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// A feature map [height][width][channels], channels fastest.
struct Shape {
    int height = 0;
    int width = 0;
    int channels = 0;
};

inline bool operator==(const Shape& a, const Shape& b) {
    return a.height == b.height && a.width == b.width && a.channels == b.channels;
}
inline bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }

using TensorId = int;  // index into Graph::tensors

/// Neighbouring channels of a wider map of the same height and width.
struct ChannelSlice {
    TensorId whole = 0;
    int first_channel = 0;
};

struct Tensor {
    std::string name;  // of the layer that makes it; "input" for the picture
    Shape shape;
    Element element = Element::f32;
    std::optional<Quantization> quantization = std::nullopt;  // of a map of whole numbers; the picture's have none
    std::optional<ChannelSlice> slice = std::nullopt;  // where it lies, if not by itself; slices make up their whole
};

struct BatchNorm {
    float epsilon = 0;
    std::vector<float> mean, variance, gamma, beta;  // [out]
};

}  // namespace ssdgen
