#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// First lines of every emitted file: do not edit, whose it is, the command that makes it, unless that is empty.
std::string file_header(const std::string& command, const char* comment = "//");

/// "conv1 (pointwise): 150x150x32 -> 150x150x64"
std::string layer_text(const ObservedLayer& layer);

}  // namespace ssdgen
