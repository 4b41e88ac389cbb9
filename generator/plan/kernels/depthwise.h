#pragma once

#include "plan/kernel.h"
#include "plan/kernels/maker.h"
#include "plan/schedule/tuning.h"
#include "target/target.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ssdgen {

/// All of plan/kernels.h for a depthwise convolution.
Kernel make_depthwise(const KernelMaker& maker, const Depthwise& depthwise);
Window window_of(const DepthwiseKernel& kind, const Kernel& kernel);
int units_of(const DepthwiseKernel& kind, const Kernel& kernel);
std::string name_of(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target);
std::string tile_of(const DepthwiseKernel& kind, const Target& target);
std::int64_t packed_size(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target);
void pack(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed);
std::string packing_of(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target);
std::optional<LayerShape> layer_shape(const DepthwiseKernel& kind, const Kernel& kernel);
void make_compact(DepthwiseKernel& kind, const Target& target, Element operand);

}  // namespace ssdgen
