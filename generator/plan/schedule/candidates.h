#pragma once

#include "plan/schedule/tuning.h"

#include <vector>

namespace ssdgen {

/// Schedules of a layer that are worth measuring beside the model's, the most promising first.
std::vector<ScheduleChoice> schedule_candidates(const Target& target, const LayerShape& shape);

}  // namespace ssdgen
