#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <map>
#include <string>

namespace ssdgen {

/// Bytes of machine code for steps that are unrolled whole, unless somebody says otherwise.
inline constexpr std::int64_t default_code_budget = 256 << 10;

/// The steps of a plan to be unrolled whole, by code_name(), with about how many bytes of machine code that makes of
/// each (PlanForm::unrolled): the smallest first, as long as all of them make no more than the budget in bytes. The
/// plan has none that is unrolled yet.
std::map<std::string, std::int64_t> choose_unrolled(const Plan& plan, std::int64_t budget);

}  // namespace ssdgen
