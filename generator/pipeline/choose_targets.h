#pragma once

#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The targets of a list of names, "x86-64-v2,x86-64-v3", the most general first. UsageError if a name is not known or
/// stands twice, or if a program could not choose among them.
std::vector<Target> choose_targets(const std::string& names);

}  // namespace ssdgen
