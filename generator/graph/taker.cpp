#include "graph/taker.h"

#include <cmath>

#include "support/error.h"

namespace ssdgen {

std::string spell_shape(const std::vector<int>& shape) {
    return fmt::format("[{}]", fmt::join(shape, ","));
}

std::string Taker::where(const std::string& name) const {
    return fmt::format("{}: {}", weights_.file, name);
}

const std::vector<float>& Taker::take(const std::string& name, const std::vector<int>& shape) {
    if (!has(name)) fail_input(where(name), "found none; allowed: {}", spell_shape(shape));
    const WeightTensor& found = tensor(name);
    if (found.shape != shape)
        fail_input(where(name), "found {}; allowed: {}", spell_shape(found.shape), spell_shape(shape));
    for (std::size_t i = 0; i < found.values.size(); ++i)
        if (!std::isfinite(found.values[i]))
            fail_input(where(name), "found {} at position {}; allowed: finite values", found.values[i], i);
    taken_.insert(name);
    return found.values;
}

void Taker::check_all_taken(const std::string& network) const {
    for (const auto& [name, tensor] : weights_.tensors)
        if (taken_.count(name) == 0)
            fail_input(where(name), "found {}; allowed: no such tensor, no layer of {} takes it",
                       spell_shape(tensor.shape), network);
}

}  // namespace ssdgen
