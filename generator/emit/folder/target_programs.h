#pragma once

#include "emit/folder/expected.h"
#include "emit/network/emission.h"
#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What add_measures() adds, for several targets: in each one's folder, with functions in the place of programs, and
/// before them the programs of the network `name` that call those of the chosen target. `expected`: one list a target.
void add_measures_of_targets(const std::string& name, const std::vector<Emission>& targets,
                             const std::vector<std::vector<ExpectedLayer>>& expected, FileSet& files);

}  // namespace ssdgen
