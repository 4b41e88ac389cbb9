#pragma once

#include "emit/network/weights.h"
#include "plan/plan.h"
#include "support/files.h"

namespace ssdgen {

/// Emits the interface for C beside NAME.h: NAME_c.h (C11), and NAME_c.cpp, which calls NAME.h's functions. several:
/// with the function weights_file of a network for several targets.
void emit_c_interface(const Plan& plan, WeightsForm form, FileSet& files, bool several = false);

}  // namespace ssdgen
