#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// layers/streams.h: how rows pass through the steps of several layers.
std::string print_streams(const Plan& plan);

/// The function that takes a row of the picture for a kernel that reads it.
std::string stage_row_name(const Stage& stage);

/// "conv1 (pointwise): 150x150x32 -> 150x150x64"
std::string layer_text(const ObservedLayer& layer);

}  // namespace ssdgen
