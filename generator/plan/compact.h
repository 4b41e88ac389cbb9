#pragma once

#include "plan/plan.h"

#include <vector>

namespace ssdgen {

/// Pixels of the tiles that the compact kernels have for blocks of so many vectors: as many as fit into the registers,
/// half as many, one.
std::vector<int> compact_tiles(const Target& target, int vectors);

/// Has one kernel of a kind do all layers, with the shape as an argument (templates/layers/compact.h): the same steps,
/// memory and packed weights (so a tuning's channel blocks stay), other tiles.
void compact_plan(Plan& plan);

}  // namespace ssdgen
