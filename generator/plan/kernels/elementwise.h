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

/// All of plan/kernels.h for sums of maps, and copies.
Kernel make_elementwise(const KernelMaker& maker, const Add& add);
Window window_of(const ElementwiseKernel& kind, const Kernel& kernel);
int units_of(const ElementwiseKernel& kind, const Kernel& kernel);
std::string name_of(const ElementwiseKernel& kind, const Kernel& kernel, const Target& target);
std::string tile_of(const ElementwiseKernel& kind, const Target& target);
std::int64_t packed_size(const ElementwiseKernel& kind, const Kernel& kernel, const Target& target);
void pack(const ElementwiseKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed);
std::string packing_of(const ElementwiseKernel& kind, const Kernel& kernel, const Target& target);
std::optional<LayerShape> layer_shape(const ElementwiseKernel& kind, const Kernel& kernel);
void make_compact(ElementwiseKernel& kind, const Target& target, Element operand);

}  // namespace ssdgen
