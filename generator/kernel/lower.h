#pragma once

#include "kernel/tree.h"
#include "plan/plan.h"

namespace ssdgen {

/// The code of a kernel. Its entry is the last function, named as the tree, with the parameters
///
///     input, weights, output (one an output of the step), first, end      the units of work [first, end)
///
/// A stage of a stream has
///
///     row_0, ... row_k (one a row of the window), weights, output, y      output row y; rows outside the map are not
///     read input, weights, output, rows                                        a 1x1 window: so many rows, side by
///     side
///
/// A parameter that it has no use for has no name.
KernelTree lower_kernel(const Kernel& kernel, const std::string& name, const Target& target);

KernelTree lower(const PointwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);
KernelTree lower(const WindowKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);
KernelTree lower(const PictureKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);
KernelTree lower(const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);
KernelTree lower(const AveragePoolKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);
KernelTree lower(const MaxPoolKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);
KernelTree lower(const ElementwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target);

/// The function that turns one row of picture bytes [width][channels] into floats less the mean.
Function lower_stage_row(const Kernel& kernel, const std::string& name, const Target& target);

/// Independent chains of the target's multiply-add, to measure its peak: peak_chains() of them, `iterations` times.
/// operand: what is multiplied, f32 or u8; "values" are of that type.
KernelTree lower_peak(const Target& target, Element operand);
int peak_chains(const Target& target, Element operand);

}  // namespace ssdgen
