#include "passes/fold_batch_norm.h"

#include "support/error.h"

#include <cmath>

namespace ssdgen {

namespace {

/// gamma / sqrt(variance + epsilon), one an output.
std::vector<double> factors(const BatchNorm& norm) {
    std::vector<double> result;
    for (std::size_t i = 0; i < norm.gamma.size(); ++i)
        result.push_back(norm.gamma[i] / std::sqrt(static_cast<double>(norm.variance[i]) + norm.epsilon));
    return result;
}

void fold_bias(std::vector<float>& bias, const BatchNorm& norm, const std::vector<double>& factor) {
    for (std::size_t i = 0; i < bias.size(); ++i)
        bias[i] = static_cast<float>((static_cast<double>(bias[i]) - norm.mean[i]) * factor[i] + norm.beta[i]);
}

/// Weights [out][kh][kw][in]: those of an output lie together.
void fold(Convolution& convolution) {
    const std::vector<double> factor = factors(*convolution.batch_norm);
    std::vector<float>& weights = convolution.weights.floats();
    const std::size_t terms = weights.size() / factor.size();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(weights[i] * factor[i / terms]);
    fold_bias(convolution.bias.floats(), *convolution.batch_norm, factor);
}

/// Weights [kh][kw][channels].
void fold(Depthwise& depthwise) {
    const std::vector<double> factor = factors(*depthwise.batch_norm);
    std::vector<float>& weights = depthwise.weights.floats();
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] = static_cast<float>(weights[i] * factor[i % factor.size()]);
    fold_bias(depthwise.bias.floats(), *depthwise.batch_norm, factor);
}

template <class Layer>
void fold_node(Layer& layer, const std::string& where) {
    if (!layer.batch_norm) return;
    fold(layer);
    for (const WeightTensor* tensor : {&layer.weights, &layer.bias})
        for (const float value : tensor->floats())
            if (!std::isfinite(value))
                fail_input(where,
                           "found a batch norm that makes weights of {}; allowed: finite weights once it is folded",
                           value);
    layer.batch_norm.reset();
}

}  // namespace

Graph fold_batch_norm(Graph graph) {
    for (Node& node : graph.nodes) {
        const std::string where = fmt::format("{}: {}", at(graph.file, node.pointer), node.name);
        if (auto* convolution = std::get_if<Convolution>(&node.operation)) fold_node(*convolution, where);
        if (auto* depthwise = std::get_if<Depthwise>(&node.operation)) fold_node(*depthwise, where);
    }
    return graph;
}

}  // namespace ssdgen
