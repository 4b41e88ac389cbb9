#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// For --dump plan: steps and buffers, a line each.
std::string print_plan(const Plan& plan);

}  // namespace ssdgen
