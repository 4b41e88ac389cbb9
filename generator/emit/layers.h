#pragma once

#include "plan/plan.h"
#include "support/files.h"

#include <string>

namespace ssdgen {

/// First lines of every emitted file: do not edit, the command, whose it is.
std::string file_header(const Plan& plan, const char* comment = "//");

/// Emits layers/: layers.h, the vectors of the target, one file a step; a kernel that several steps share stands in the
/// file of the first.
void emit_layers(const Plan& plan, FileSet& files);

/// The kernel trees of a plan, each once, for --dump kernels.
std::string print_kernels(const Plan& plan);

}  // namespace ssdgen
