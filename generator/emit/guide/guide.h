#pragma once

#include "emit/folder/manifest.h"
#include "emit/guide/worked_output.h"
#include "emit/network/emission.h"
#include "plan/emitted.h"

#include <string>
#include <vector>

namespace ssdgen {

// NAME_guide.md: what the files of an emitted folder are, what the names in them mean, and how its numbers are checked
// by hand, with the network's own. From templates/guide/.

/// A network for one target, as its guide takes it.
struct GuidedPlan {
    const Emission& emission;
    const Footprint& footprint;
    const EmittedPlan& emitted;  // paths from the whole folder on
    const WorkedOutput* worked;  // null: no output is worked out
};

/// What of a folder its guide tells beside the plans.
struct GuidedFolder {
    const Interface& front;
    const Manifest& manifest;
    bool single_file;
};

/// The guide of a whole folder: of a network for one target, of several (whose own guides have their layers), or of a
/// single file, where the layers are the last target's. `plans`: one a target.
std::string print_guide(const GuidedFolder& folder, const std::vector<GuidedPlan>& plans);

/// The guide in the folder of one of several targets.
std::string print_target_guide(const GuidedPlan& plan, const Manifest& own);

}  // namespace ssdgen
