#include "import/scale.h"

#include "support/error.h"

namespace ssdgen {

void join_scale(const ScaledLayer& layer, const std::vector<float>& gamma, const std::vector<float>& beta) {
    const std::size_t channels = layer.bias.size();
    check(gamma.size() == channels && beta.size() == channels, "a scale has two numbers a channel");
    if (layer.batch_norm != nullptr && *layer.batch_norm) {
        (*layer.batch_norm)->gamma = gamma;
        (*layer.batch_norm)->beta = beta;
        return;
    }
    std::vector<float>& weights = layer.weights;
    const std::size_t run = layer.channels_last ? 1 : weights.size() / channels;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= gamma[i / run % channels];
    for (std::size_t i = 0; i < channels; ++i)
        layer.bias[i] = static_cast<float>(double{layer.bias[i]} * gamma[i] + beta[i]);
}

}  // namespace ssdgen
