#pragma once

#include "cost/footprint.h"
#include "plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// InputError if the plans, one a target of the same program, need more than a product can afford: RAM being the
/// largest arena of one thread, flash the weights and the machine code of all, in bytes. Names the step that sets the
/// arena's peak. `footprints`: one a plan; config is for the message.
void check_limits(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints, const std::string& config,
                  std::optional<std::int64_t> max_ram, std::optional<std::int64_t> max_flash);

}  // namespace ssdgen
