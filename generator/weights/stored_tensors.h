#pragma once

#include "weights/weights.h"

#include <map>
#include <string>

namespace ssdgen {

/// A tensor as it stands in a .safetensors file, whatever it says about others.
struct StoredTensor {
    std::vector<int> shape;
    StoredNumbers numbers;

    Element element() const { return static_cast<Element>(numbers.index()); }
};

using StoredTensors = std::map<std::string, StoredTensor>;

/// "F32", as a file calls the type.
constexpr const char* dtype(Element element) {
    switch (element) {
        case Element::f32: return "F32";
        case Element::f16: return "F16";
        case Element::bf16: return "BF16";
        case Element::u8: return "U8";
        case Element::s8: return "I8";
        case Element::s32: return "I32";
    }
    return nullptr;
}

/// "FILE: tensor 'NAME'", for messages.
std::string tensor_place(const std::string& file, const std::string& name);

/// What a layer's map is called: "LAYER.output", the picture "input".
std::string map_name(const std::string& layer);

/// Quantization stands in tensors beside the one that it is of, as compressed-tensors names them
/// (github.com/vllm-project/compressed-tensors), of shapes with which NumPy computes (NAME - NAME_zero_point) *
/// NAME_scale:
///
///     NAME_scale                     F32: [1], or 1 along all axes of NAME but one, along which it has as many
///     NAME_zero_point                the type of NAME, shaped as the scale
///     LAYER.output_scale, LAYER.output_zero_point, input_scale, input_zero_point      [1]: of a map that no file
///                                    holds; the type of the zero point, U8 or I8, is the map's
///     boxes_scale, boxes_zero_point, logits_..., scores_...       the same of a detector's joined outputs
///
/// InputError for whole numbers without, real ones with quantization, and for parts that do not fit together.
Weights join_quantization(const std::string& file, StoredTensors stored);

/// The other way round.
StoredTensors split_quantization(const Weights& weights);

}  // namespace ssdgen
