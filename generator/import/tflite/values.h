#pragma once

#include "import/tflite/model.h"

#include <string>
#include <vector>

namespace ssdgen::tflite {

/// The values of a constant as float32, in the file's order: quantised ones are scale * (stored - zero_point), exact
/// before the one rounding; float32 and float16 as they are. where begins the messages.
std::vector<float> constant_values(const std::string& where, const Tensor& tensor);

/// A bias: as constant_values; an int32 one without quantisation has zero point 0 and the scales given, one or one a
/// value.
std::vector<float> bias_values(const std::string& where, const Tensor& tensor, const std::vector<float>& scales);

/// The whole numbers of a constant int32 or int64 tensor (axes, paddings); each must fit in an int.
std::vector<int> constant_integers(const std::string& where, const Tensor& tensor);

/// The scales of a tensor's quantisation; empty if it has none.
std::vector<float> scales_of(const Tensor& tensor);

/// The zero points of a tensor's quantisation, one a scale (0 where the file states none). InputError unless they lie
/// in the range of the stored type.
std::vector<int> zero_points_of(const std::string& where, const Tensor& tensor);

}  // namespace ssdgen::tflite
