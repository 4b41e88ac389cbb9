#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <vector>

namespace ssdgen {

/// Gives every buffer its offset, so that no two that are alive at one time overlap: the largest first, each into the
/// lowest gap that takes it. Returns the size of the arena. Offsets are multiples of the alignment.
std::int64_t place_buffers(std::vector<Buffer>& buffers);

/// InternalError if two buffers that are alive at one time overlap, or one leaves the arena.
void check_memory(const std::vector<Buffer>& buffers, std::int64_t arena_size);

}  // namespace ssdgen
