#pragma once

#include "target/table.h"
#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The targets of a list of names, "x86-64-v2,x86-64-v3", in the order in which a program tries them (target/order.h),
/// the most general first. UsageError if a name is not known or stands twice, or if no program could choose among them.
std::vector<Target> choose_targets(const std::string& names, Numbers numbers = Numbers::real);

}  // namespace ssdgen
