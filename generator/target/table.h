#pragma once

#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The targets that can be generated for, each behind those that it holds (target/order.h).
const std::vector<Target>& targets();

/// Their names for messages: "portable, x86-64-v2, ...".
std::string target_list();

/// A target by its name. "native" stands for the best that this machine runs: of those that no other of them holds, the
/// last in the table that computes with such numbers otherwise than those that it holds. UsageError for a name that is
/// not known, or not built yet.
enum class Numbers { real, whole };
const Target& find_target(const std::string& name, Numbers numbers = Numbers::real);

/// Whether this machine runs code for the target: it has all its features.
bool runs_here(const Target& target);

}  // namespace ssdgen
