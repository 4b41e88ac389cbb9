// Activations, fused into a layer or operators after it: RELU, RELU6, and MINIMUM and MAXIMUM with their bounds.

#include "import/tflite/values.h"
#include "import/tflite/walker.h"
#include "tflite_generated.h"

#include <algorithm>
#include <cmath>

namespace ssdgen::tflite {

Activation Walker::fused_activation() const {
    switch (static_cast<schema::ActivationFunctionType>(operation().options.activation)) {
        case schema::ActivationFunctionType::NONE: return Activation::none;
        case schema::ActivationFunctionType::RELU: return Activation::relu;
        case schema::ActivationFunctionType::RELU6: return Activation::relu6;
        default: break;
    }
    fail("has fused activation {}; allowed: NONE, RELU, RELU6", operation().options.activation);
}

TensorId Walker::layer_alone(const Value& value) const {
    const bool one_layer = value.kind == Value::Kind::layers && value.parts.size() == 1 && !value.shared;
    if (!one_layer)
        fail(
            "is applied to what other operators see as well; allowed: the output of one layer that nothing else takes");
    if (!builder_.takes_activation(value.parts[0]))
        fail("follows a pool or another activation; allowed: a convolution or a sum without one");
    return value.parts[0];
}

/// What the operator makes is the layer's map from now on.
void Walker::note_map(TensorId layer) {
    layers_[static_cast<std::size_t>(layer_of(layer))].second = operation().outputs[0];
}

void Walker::activation(Activation kind) {
    need(1, 1);
    activate(kind, 0);
}

void Walker::activate(Activation kind, std::size_t position) {
    Value value = unpadded(feature(position));
    const TensorId layer = layer_alone(value);
    if (builder_.activation_of(layer) != Activation::none)
        fail("follows a pool or another activation; allowed: a convolution or a sum without one");
    builder_.join_activation(layer, value.below_six ? Activation::relu6 : kind);
    note_map(layer);
    value.below_six = false;
    give(std::move(value));
}

/// The position of the map beside a constant that holds this number alone; a quantised one is off by up to half a step.
std::size_t Walker::map_bounded_by(float number) {
    need(2, 2);
    refuse_two_maps();
    const std::size_t position = input(0).kind == Value::Kind::constant ? 1 : 0;
    const Tensor& bound = constant(1 - position);
    constexpr float largest_step = 0.024F;  // of a byte over 0 to 6
    float step = 0;
    for (const float scale : scales_of(bound)) step = std::min(std::max(step, scale), largest_step);
    for (const float value : constant_values(where(), bound))
        if (!(std::abs(value - number) <= step / 2))
            fail("bounds by {}; allowed: {}", value,
                 number == 0 ? "MAXIMUM with 0, which is RELU" : "MINIMUM with 6, with RELU before or after it");
    return position;
}

/// MINIMUM(x, 6) with RELU before or after it is RELU6.
void Walker::minimum() {
    Value value = unpadded(feature(map_bounded_by(6)));
    const TensorId layer = layer_alone(value);
    switch (builder_.activation_of(layer)) {
        case Activation::none: value.below_six = true; break;
        case Activation::relu:
        case Activation::relu6: builder_.join_activation(layer, Activation::relu6); break;
    }
    note_map(layer);
    give(std::move(value));
}

void Walker::maximum() { activate(Activation::relu, map_bounded_by(0)); }

}  // namespace ssdgen::tflite
