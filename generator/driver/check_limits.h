#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <optional>
#include <string>

namespace ssdgen {

/// InputError if the plan needs more than a product can afford: RAM being the arena of one thread, flash the weights and what
/// code_bytes() says of the machine code, all in bytes. Names the step that sets the arena's peak. config is for the message.
void check_limits(const Plan& plan, const std::string& config, std::optional<std::int64_t> max_ram, std::optional<std::int64_t> max_flash);

}  // namespace ssdgen
