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

/// All of plan/kernels.h for the mean over windows.
Kernel make_average_pool(const KernelMaker& maker, const AveragePool& pool);
Window window_of(const AveragePoolKernel& kind, const Kernel& kernel);
int units_of(const AveragePoolKernel& kind, const Kernel& kernel);
std::string name_of(const AveragePoolKernel& kind, const Kernel& kernel, const Target& target);
std::string tile_of(const AveragePoolKernel& kind, const Target& target);
std::int64_t packed_size(const AveragePoolKernel& kind, const Kernel& kernel, const Target& target);
void pack(const AveragePoolKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed);
std::string packing_of(const AveragePoolKernel& kind, const Kernel& kernel, const Target& target);
std::optional<LayerShape> layer_shape(const AveragePoolKernel& kind, const Kernel& kernel);
void make_compact(AveragePoolKernel& kind, const Target& target, Element operand);

}  // namespace ssdgen
