#pragma once

#include "plan/plan.h"

namespace ssdgen {

/// Throws InternalError if the plan is not well formed; run by build_plan.
void check_plan(const Plan& plan);

}  // namespace ssdgen
