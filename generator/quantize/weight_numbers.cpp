#include "quantize/weight_numbers.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr double most_weight = 127;
constexpr double most_bias = 1073741824;  // 2^30
constexpr double bias_of_none = 1048576;  // 2^20: fine enough for a channel that is its bias alone
constexpr double least_scale = 1e-30;     // smaller weights are none

double scale_of(double largest_weight, double largest_bias, double input_scale) {
    const double own = largest_weight / most_weight;
    if (own >= least_scale) return std::max(own, largest_bias / (input_scale * most_bias));
    return largest_bias > 0 ? std::max(least_scale, largest_bias / (input_scale * bias_of_none)) : 1;
}

}  // namespace

WeightNumbers make_weight_numbers(const WeightTensor& weights, const WeightTensor& bias, const WeightPlaces& places,
                                  float input_scale, bool one_scale) {
    const std::vector<float>&values = weights.floats(), &biases = bias.floats();
    const std::size_t scales = one_scale ? 1 : places.outputs();
    const auto slice = [&](std::size_t output) { return one_scale ? 0 : output; };
    std::vector<double> largest(scales, 0), largest_bias(scales, 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        double& most = largest[slice(places(i).output)];
        most = std::max(most, static_cast<double>(std::abs(values[i])));
    }
    for (std::size_t c = 0; c < biases.size(); ++c)
        largest_bias[slice(c)] = std::max(largest_bias[slice(c)], static_cast<double>(std::abs(biases[c])));

    WeightNumbers numbers;
    const double input = static_cast<double>(input_scale);
    for (std::size_t i = 0; i < scales; ++i)
        numbers.scale.push_back(static_cast<float>(scale_of(largest[i], largest_bias[i], input)));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double scale = static_cast<double>(numbers.scale[slice(places(i).output)]);
        const double rounded = std::round(static_cast<double>(values[i]) / scale);
        numbers.weight.push_back(static_cast<std::int8_t>(std::clamp(rounded, -most_weight, most_weight)));
    }
    for (std::size_t c = 0; c < biases.size(); ++c) {
        const double scale = static_cast<double>(input_scale * numbers.scale[slice(c)]);
        const double rounded = std::round(static_cast<double>(biases[c]) / scale);
        numbers.bias.push_back(static_cast<std::int32_t>(std::clamp(rounded, -most_bias - 64, most_bias + 64)));
    }
    return numbers;
}

WeightTensor WeightNumbers::weights(std::vector<int> shape, int axis) const {
    return {std::move(shape), weight, Quantization{scale, std::vector<std::int32_t>(scale.size(), 0), axis}};
}

WeightTensor WeightNumbers::biases(float input_scale, int axis) const {
    std::vector<float> scales;
    for (const float one : scale) scales.push_back(input_scale * one);
    std::vector<std::int32_t> zeros(scales.size(), 0);
    return {{static_cast<int>(bias.size())}, bias, Quantization{std::move(scales), std::move(zeros), axis}};
}

}  // namespace ssdgen
