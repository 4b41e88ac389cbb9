#pragma once

#include "target/target.h"

#include <vector>

namespace ssdgen {

// Targets are ordered by their features, in part only: of two targets of a family each may have what the other lacks.

/// Whether every processor that runs code for `target` runs code for `other` too: `other` is for all processors, or of
/// the same family with no feature that `target` lacks.
bool holds(const Target& target, const Target& other);

/// The same targets, each behind those that it holds; where that leaves a choice, in the order in which they are given.
std::vector<Target> most_general_first(const std::vector<Target>& targets);

/// The order in which one program tries several targets: it takes the last one whose features its processor has. That
/// is the most general first, so that none that is taken is held by another that could be; between two that do not
/// hold each other, both of which the processor runs, the order of the list decides. UsageError if no program could
/// choose: targets of two families, or, beside the first, one that a processor cannot be asked for.
std::vector<Target> order_of_choice(const std::vector<Target>& targets);

}  // namespace ssdgen
