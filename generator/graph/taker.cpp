#include "graph/taker.h"

#include "support/error.h"

#include <cmath>

namespace ssdgen {

std::string spell_shape(const std::vector<int>& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

std::string Taker::where(const std::string& name) const { return fmt::format("{}: {}", weights_.file, name); }

const WeightTensor& Taker::take(const std::string& name, const std::vector<int>& shape) const {
    check(has(name) && tensor(name).shape == shape, [&] { return "a tensor fits once all were checked: " + name; });
    const WeightTensor& found = tensor(name);
    const std::vector<float> values = found.values();
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i]))
            fail_input(where(name), "found {} at position {}; allowed: finite values", values[i], i);
    return found;
}

}  // namespace ssdgen
