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

/// All of plan/kernels.h for the convolution that reads the picture.
Kernel make_picture(const KernelMaker& maker, const Convolution& convolution);
Window window_of(const PictureKernel& kind, const Kernel& kernel);
int units_of(const PictureKernel& kind, const Kernel& kernel);
std::string name_of(const PictureKernel& kind, const Kernel& kernel, const Target& target);
std::string tile_of(const PictureKernel& kind, const Target& target);
std::int64_t packed_size(const PictureKernel& kind, const Kernel& kernel, const Target& target);
void pack(const PictureKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed);
std::string packing_of(const PictureKernel& kind, const Kernel& kernel, const Target& target);
std::optional<LayerShape> layer_shape(const PictureKernel& kind, const Kernel& kernel);
void make_compact(PictureKernel& kind, const Target& target, Element operand);

}  // namespace ssdgen
