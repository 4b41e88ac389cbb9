#pragma once

#include "kernel/tree.h"
#include "plan/plan.h"

namespace ssdgen {

/// The code of a kernel. Its entry is the last function, named as the tree, with the parameters
///
///     input, weights, output (one an output of the step), first, end      the units of work [first, end)
///
/// but for a convolution that reads the picture: there the last function computes one output row from kernel-height
/// padded rows of the normalised picture, and the one named stage_row makes such a row from bytes; the ring of rows is a
/// fixed frame of room emit.
KernelTree lower_kernel(const KernelSpec& kernel, const std::string& name, const Target& target);

KernelTree lower_convolution(const ConvolutionKernel& kernel, const std::string& name, const Target& target);
KernelTree lower_depthwise(const DepthwiseKernel& kernel, const std::string& name, const Target& target);
KernelTree lower_average_pool(const AveragePoolKernel& kernel, const std::string& name, const Target& target);

/// The function that turns one row of picture bytes [width][channels] into floats less the mean.
Function lower_stage_row(const ConvolutionKernel& kernel, const Target& target);

/// Independent chains of the target's multiply-add, to measure its peak: chain_count(target) of them, `iterations` times.
KernelTree lower_peak(const Target& target);
int peak_chains(const Target& target);

}  // namespace ssdgen
