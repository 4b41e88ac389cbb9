#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// What NAME.cpp says of a network's post-processing: of a detector its default boxes and its settings; and that the
/// plan's memory suffices for the runtime.
std::string print_post_processing(const Plan& plan);

}  // namespace ssdgen
