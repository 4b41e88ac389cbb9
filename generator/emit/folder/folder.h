#pragma once

#include "cost/footprint.h"
#include "emit/folder/expected.h"
#include "emit/folder/manifest.h"
#include "emit/guide/worked_output.h"
#include "emit/network/emission.h"
#include "plan/emitted.h"
#include "plan/plan.h"
#include "support/files.h"

#include <optional>
#include <vector>

namespace ssdgen {

struct EmittedFolder {
    FileSet files;
    Manifest manifest;                 // of all files
    std::vector<EmittedPlan> plans{};  // one a plan
};

/// What of a network's folder (DESIGN.md 2.3) is made of its plans: all but plan.json, which is the report's. Of
/// several plans, each for another target, each network is called NAME_TARGET and stands in a folder TARGET/; the
/// interface before them calls the last one that the machine runs. `footprints`: one a plan. `expected`: what the
/// self-test compares with, for each plan one an observed layer in run order; none: no self-test is emitted. `worked`:
/// one a plan, for its guide.
///
/// As a single file (EmitOptions): NAME.h, NAME_c.h and NAME.cpp, which need nothing but a compiler; with
/// WeightsForm::file the *_weights.bin stand beside them.
EmittedFolder emit_folder(const std::vector<Plan>& plans, const std::vector<Footprint>& footprints,
                          const std::vector<std::vector<ExpectedLayer>>& expected,
                          const std::vector<std::optional<WorkedOutput>>& worked, const EmitOptions& options);

}  // namespace ssdgen
