#pragma once

#include "cost/footprint.h"
#include "plan/emitted.h"
#include "plan/plan.h"
#include "support/inputs.h"

#include <map>
#include <string>
#include <vector>

namespace ssdgen {

/// The files that stand beside plan.json and below: what each is for, by its path from there.
using FileRoles = std::map<std::string, std::string>;

/// The facts of a network for plan.json (DESIGN.md 2.3): shapes are [height, width, channels], offsets of weights are
/// bytes from the first weight on. Of one that is planned for several targets, the most general first: the last one's
/// layers, the largest arena, all weights together, and the sizes of each. `footprints`, `emitted`: one a plan, paths
/// from plan.json on.
std::string plan_json(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const std::vector<EmittedPlan>& emitted, const Inputs& inputs, const FileRoles& files);

}  // namespace ssdgen
