#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// The kernel of a lowered node: shapes, tile, division of the work.
KernelSpec make_kernel(const Graph& graph, const Node& node, const Target& target);

/// Whether two kernels are the same in everything that their code depends on.
bool same_kernel(const KernelSpec& a, const KernelSpec& b);

/// Units of work that a kernel's output is cut into.
int kernel_units(const KernelSpec& kernel);

/// "6x64": pixels x channels of the largest register tile.
std::string tile_name(const KernelSpec& kernel, const Target& target);

/// A C identifier that states shape and tile, for example pointwise_75x75x64_to_128_relu_tile_6x64; generated/README.md
/// explains it. Kernels with equal names are equal.
std::string kernel_name(const KernelSpec& kernel, const Target& target);

}  // namespace ssdgen
