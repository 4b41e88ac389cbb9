#pragma once

#include "emit/expected.h"
#include "plan/plan.h"
#include "support/files.h"

#include <vector>

namespace ssdgen {

/// The emitted folder of a plan (DESIGN.md 2.3), as files. `expected`: what the self-test compares with, one an observed
/// layer in run order; empty: no self-test is emitted.
FileSet emit_network(const Plan& plan, const std::vector<ExpectedLayer>& expected);

}  // namespace ssdgen
