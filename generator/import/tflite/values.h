#pragma once

#include "import/tflite/model.h"
#include "weights/weights.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen::tflite {

/// The element of a type that weights and maps may have.
std::optional<Element> element_of(ElementType type);

/// A constant as the file stores it, with its quantisation. where begins the messages.
WeightTensor constant_tensor(const std::string& where, const Tensor& tensor);

/// A bias: as constant_tensor; an int32 one without quantisation has zero point 0 and the scales given, one or one a
/// value.
WeightTensor bias_tensor(const std::string& where, const Tensor& tensor, const std::vector<float>& scales);

/// What a constant means, as float32: scale * (stored - zero_point) where it is quantised.
std::vector<float> constant_values(const std::string& where, const Tensor& tensor);

/// How a tensor that is computed is stored; nothing for one that is no quantised bytes. InputError for several scales
/// and for one that is not above 0.
std::optional<StoredMap> stored_map(const std::string& file, const Tensor& tensor);

/// The whole numbers of a constant int32 or int64 tensor (axes, paddings); each must fit in an int.
std::vector<int> constant_integers(const std::string& where, const Tensor& tensor);

/// The scales of a tensor's quantisation; empty if it has none.
std::vector<float> scales_of(const Tensor& tensor);

/// The zero points of a tensor's quantisation, one a scale (0 where the file states none). InputError unless they lie
/// in the range of the stored type.
std::vector<int> zero_points_of(const std::string& where, const Tensor& tensor);

}  // namespace ssdgen::tflite
