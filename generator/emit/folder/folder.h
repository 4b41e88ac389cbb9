#pragma once

#include "emit/folder/expected.h"
#include "emit/network/weights.h"
#include "plan/plan.h"
#include "support/files.h"

#include <vector>

namespace ssdgen {

/// The emitted folder of a plan (DESIGN.md 2.3), as files. `expected`: what the self-test compares with, one an
/// observed layer in run order; empty: no self-test is emitted.
FileSet emit_network(const Plan& plan, const std::vector<ExpectedLayer>& expected,
                     WeightsForm form = WeightsForm::object);

/// The network alone as NAME.h, NAME_c.h and NAME.cpp, which need nothing but a compiler; with WeightsForm::file
/// NAME_weights.bin stands beside them. WeightsForm::object, which needs an assembler, is not for this.
FileSet emit_single_file(const Plan& plan, WeightsForm form);

}  // namespace ssdgen
