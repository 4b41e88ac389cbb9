#pragma once

#include "weights/weights.h"

#include <set>
#include <string>
#include <vector>

namespace ssdgen {

/// "[64,1,3,3]".
std::string spell_shape(const std::vector<int>& shape);

/// Hands out the tensors of a weights file, each checked, and knows which nobody took.
class Taker {
  public:
    explicit Taker(const Weights& weights) : weights_(weights) {}

    bool has(const std::string& name) const { return weights_.tensors.count(name) == 1; }
    const WeightTensor& tensor(const std::string& name) const { return weights_.tensors.at(name); }

    /// "FILE: TENSOR", for messages.
    std::string where(const std::string& name) const;

    /// InputError if the tensor is missing, has another shape or a value that is not finite.
    const std::vector<float>& take(const std::string& name, const std::vector<int>& shape);

    /// InputError that names the first tensor that nobody took.
    void check_all_taken(const std::string& network) const;

  private:
    const Weights& weights_;
    std::set<std::string> taken_;
};

}  // namespace ssdgen
