#pragma once

#include "kernel/tree.h"
#include "plan/plan.h"

#include <cstdint>

namespace ssdgen {

/// A kernel as one function without a loop, a call or a choice: every address counts from a parameter. For all units of
/// work at once: the parameters first and end stay, unused. A kernel that reads the picture asks for each of its rows once.
KernelTree unroll_whole(const KernelSpec& kernel, const KernelTree& tree, int units, const Target& target);

/// About how many bytes of machine code a kernel unrolled whole takes.
std::int64_t unrolled_bytes(const KernelSpec& kernel, const KernelTree& tree, int units);

}  // namespace ssdgen
