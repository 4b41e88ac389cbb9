#pragma once

#include <cstdint>
#include <vector>

namespace ssdgen {

/// Softmax of stored numbers of a scale, as TensorFlow Lite's reference kernels compute it (gemmlowp's fixed point:
/// exponentials of 5 integer bits, their sum of 12): stored numbers of scale 1/256, the first of them `lowest` (0, or
/// -128 for signed ones). InternalError where the exponentials sum to 512 or more, which that arithmetic cannot hold.
std::vector<std::int32_t> fixed_point_softmax(const std::vector<std::int32_t>& logits, float scale,
                                              std::int32_t lowest);

}  // namespace ssdgen
