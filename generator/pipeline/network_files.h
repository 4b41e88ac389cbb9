#pragma once

#include "cost/footprint.h"
#include "emit/folder/expected.h"
#include "emit/guide/worked_output.h"
#include "emit/network/emission.h"
#include "plan/plan.h"
#include "support/files.h"

#include <optional>
#include <vector>

namespace ssdgen {

/// The folder of a network (DESIGN.md 2.3): of one plan, or of several, each for another target, the most general
/// first. `footprints`: one a plan. `expected`: of each plan, what its self-test compares with (expected_layers());
/// none: no self-test is emitted. `worked`: of each plan an output that its guide works out (work_output()); none: no
/// guide does.
FileSet network_files(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                      const std::vector<std::vector<ExpectedLayer>>& expected,
                      const std::vector<std::optional<WorkedOutput>>& worked, const EmitOptions& options);

}  // namespace ssdgen
