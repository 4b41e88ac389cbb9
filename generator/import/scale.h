#pragma once

#include "graph/graph.h"

#include <optional>
#include <vector>

namespace ssdgen {

/// The parameters of a layer that a scale, y = x * gamma + beta, joins.
struct ScaledLayer {
    std::vector<float>& weights;
    std::vector<float>& bias;              // one an output channel
    std::optional<BatchNorm>* batch_norm;  // nullptr: it takes none
    bool channels_last;  // the output channel is the innermost of the weights' axes, not the outermost
};

/// Joins a scale, one number an output channel each: after a batch norm in place of its gamma and beta, else multiplied
/// into weights and bias.
void join_scale(const ScaledLayer& layer, const std::vector<float>& gamma, const std::vector<float>& beta);

}  // namespace ssdgen
