#pragma once

#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

// The records, a file a family; table.cpp joins them. A new target is a record in its family's file and two headers in
// templates/vectors/, one of all operations and NAME_bytes.h of those that weights of smaller types need; a new family
// is a file here, a line in table.cpp, and how this machine is asked for its features.

std::vector<Target> portable_targets();
std::vector<Target> x86_targets();

/// Whether this machine has a feature of the family's targets.
bool x86_has(const std::string& feature);

/// The text of templates/vectors/FILE.
std::string vectors_header(const std::string& file);

}  // namespace ssdgen
