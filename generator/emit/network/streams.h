#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// layers/streams.h: how rows pass through the steps of several layers.
std::string print_streams(const Plan& plan);

}  // namespace ssdgen
