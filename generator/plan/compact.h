#pragma once

#include "plan/plan.h"

#include <vector>

namespace ssdgen {

/// Pixels of the tiles that the compact kernels have for blocks of so many vectors: as many as fit into the registers,
/// half as many, one.
std::vector<int> compact_tiles(const Target& target, int vectors);

/// Has a stage done by the kernel of its kind that does all layers, with the shape as an argument
/// (templates/layers/compact.h): the same memory and packed weights (so a tuning's channel blocks stay), other tiles.
void make_compact(Stage& stage, const Target& target);

}  // namespace ssdgen
