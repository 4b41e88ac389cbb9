#pragma once

#include "emit/folder/expected.h"
#include "emit/network/weights.h"
#include "plan/plan.h"
#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// One network planned for several targets, the most general first.
struct TargetPlan {
    Plan plan;
    std::vector<ExpectedLayer> expected;  // empty: no self-test is emitted
};

/// The folder of a network that is compiled for several targets: one of each target, named NAME_TARGET, in a folder
/// TARGET/, and the interface of a network alone, which calls the last one that the machine runs. All targets but the
/// first can be asked for by Target::features.
FileSet emit_targets(const std::vector<TargetPlan>& targets, WeightsForm form);

/// The same as NAME.h, NAME_c.h and NAME.cpp; with WeightsForm::file NAME_TARGET_weights.bin stand beside them.
FileSet emit_targets_single_file(const std::vector<TargetPlan>& targets, WeightsForm form);

/// "x86_64_v3/": where the files of a target stand.
std::string target_folder(const Target& target);

}  // namespace ssdgen
