#pragma once

#include "plan/plan.h"

#include <cstdint>

namespace ssdgen {

/// About how many bytes of machine code a network's library has: kernels, run order, resize, post-processing and the
/// interface for C. Counted from the kernels' vector operations; GCC 12 with -O3 makes of it what this says within
/// about a tenth (within two fifths if whole steps are unrolled), for every x86-64 target.
std::int64_t code_bytes(const Plan& plan);

}  // namespace ssdgen
