#pragma once

#include "graph/graph.h"
#include "plan/plan.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// Floats that the packed weights of a kernel take.
std::int64_t packed_size(const Target& target, const KernelSpec& kernel);

/// Writes the weights of a node in the order in which its kernel reads them (see the kernels in plan.h); lanes beyond
/// the last channel are zero.
void pack_weights(const Target& target, const KernelSpec& kernel, const Operation& operation, float* packed);

}  // namespace ssdgen
