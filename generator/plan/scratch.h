#pragma once

#include "plan/plan.h"

#include <cstdint>

namespace ssdgen {

// Memory beside the maps. The emitted code asserts at compile time that the runtime asks for no more than this.

/// Bytes that a thread needs for the first layer: a ring of kernel-height rows of the normalised picture with their
/// padding, and one row of bytes.
std::int64_t picture_scratch_size(const Kernel& kernel);

/// Rows of that ring.
int picture_ring_rows(const Kernel& kernel);

/// Bytes of one row of that ring.
std::int64_t picture_row_size(const Kernel& kernel);

/// Bytes of the tables of the resizer (runtime/ssd/resize.h).
std::int64_t resize_scratch_bytes(int width);

/// Bytes that the post-processing works in (runtime/ssd/post_process.h, or quantized.h).
std::int64_t post_scratch_bytes(const Head& head, bool whole_numbers);

}  // namespace ssdgen
