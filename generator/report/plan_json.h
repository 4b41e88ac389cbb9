#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// The facts of a plan for plan.json (DESIGN.md 2.3): shapes are [height, width, channels].
std::string plan_json(const Plan& plan);

}  // namespace ssdgen
