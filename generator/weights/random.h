#pragma once

#include "weights/weights.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// Seeded weights: bell-shaped around 0 with He's standard deviation sqrt(2 / fan_in) (He et al., 2015,
/// arXiv:1502.01852), so that activations keep their size from layer to layer; biases (fan_in 0) evenly in +-0.1, never
/// 0, so that a test sees them; the table `priors` evenly in 0.1 to 0.9, so that its sizes are positive. Only whole
/// numbers, sums, products, quotients and roots: the same bytes on every machine. A tensor's values depend on the seed
/// and its name alone.
Weights random_weights(const std::vector<TensorSpec>& specs, std::uint64_t seed);

}  // namespace ssdgen
