#pragma once

#include "plan/plan.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The facts of a plan for plan.json (DESIGN.md 2.3): shapes are [height, width, channels].
std::string plan_json(const Plan& plan);

/// The same for one network planned for several targets, the most general first: the last one's layers, the largest
/// arena, all weights together, and the sizes of each.
std::string plan_json(const std::vector<const Plan*>& plans);

}  // namespace ssdgen
