#include "graph/sum_factors.h"

#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace ssdgen {

SumFactors sum_factors(const WeightTensor& weights, int channels, const StoredRange& input, const StoredRange& output,
                       Requantization rule, ScaleProduct product) {
    check(weights.quantization.has_value(), "weights are quantized");
    const Quantization& meaning = *weights.quantization;
    SumFactors factors{rule, {}, {}};
    for (std::size_t channel = 0; channel < static_cast<std::size_t>(channels); ++channel) {
        const float scale = meaning.scale[meaning.axis == -1 ? 0 : channel];
        const double both = product == ScaleProduct::as_float
                                ? static_cast<double>(input.scale * scale)
                                : static_cast<double>(input.scale) * static_cast<double>(scale);
        if (rule == Requantization::float_product)
            factors.real.push_back(input.scale * scale / output.scale);
        else
            factors.fixed.push_back(fixed_point(both / static_cast<double>(output.scale)));
    }
    return factors;
}

std::int32_t requantize(std::int32_t sum, std::size_t channel, const SumFactors& factors, const StoredRange& output) {
    switch (factors.rule) {
        case Requantization::two_roundings: return round_twice(sum, factors.fixed[channel]);
        case Requantization::ruy: return round_once(sum, factors.fixed[channel]);
        case Requantization::float_product: break;
    }
    const float value = std::nearbyint(static_cast<float>(sum) * factors.real[channel]);
    return static_cast<std::int32_t>(std::clamp(value, static_cast<float>(output.lowest - output.zero_point),
                                                static_cast<float>(output.highest - output.zero_point)));
}

std::int32_t weight_zero_point(const WeightTensor& weights, std::size_t channel) {
    const Quantization& meaning = *weights.quantization;
    return meaning.zero_point[meaning.axis == -1 ? 0 : channel];
}

std::vector<std::int32_t> whole_numbers(const WeightTensor& tensor) {
    return std::visit(
        [&](const auto& numbers) -> std::vector<std::int32_t> {
            using Number = typename std::decay_t<decltype(numbers)>::value_type;
            if constexpr (std::is_integral_v<Number>) return {numbers.begin(), numbers.end()};
            throw InternalError("internal error: broken invariant: weights are whole numbers");
        },
        tensor.numbers);
}

}  // namespace ssdgen
