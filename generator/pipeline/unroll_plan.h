#pragma once

#include "plan/plan.h"

#include <cstdint>

namespace ssdgen {

/// Bytes of machine code for steps that are unrolled whole, unless somebody says otherwise.
inline constexpr std::int64_t default_code_budget = 256 << 10;

/// Marks the steps whose kernels are unrolled whole: the smallest first, as long as the machine code of all of them is
/// estimated at no more than the budget in bytes. Such a step is one unit of work.
void unroll_plan(Plan& plan, std::int64_t budget);

}  // namespace ssdgen
