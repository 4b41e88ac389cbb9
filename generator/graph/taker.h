#pragma once

#include "weights/weights.h"

#include <string>
#include <vector>

namespace ssdgen {

/// "[64,1,3,3]".
std::string spell_shape(const std::vector<int>& shape);

/// Hands out the tensors of a weights file.
class Taker {
  public:
    explicit Taker(const Weights& weights) : weights_(weights) {}

    bool has(const std::string& name) const { return weights_.tensors.count(name) == 1; }
    const WeightTensor& tensor(const std::string& name) const { return weights_.tensors.at(name); }

    /// "FILE: TENSOR", for messages.
    std::string where(const std::string& name) const;

    /// A tensor that is there and has the shape; InputError for a value that is not finite.
    const WeightTensor& take(const std::string& name, const std::vector<int>& shape) const;

  private:
    const Weights& weights_;
};

}  // namespace ssdgen
