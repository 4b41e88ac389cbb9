#pragma once

#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

// The records, a file a family; table.h joins them.

std::vector<Target> portable_targets();
std::vector<Target> x86_targets();

/// Whether this machine has a feature of the family's targets.
bool x86_has(const std::string& feature);

/// The text of templates/vectors/FILE.
std::string vectors_header(const std::string& file);

}  // namespace ssdgen
