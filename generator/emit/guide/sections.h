#pragma once

#include "emit/guide/guide.h"

#include <string>

namespace ssdgen {

// Sections of a guide that are about one plan.

/// How the network runs, its layers, its memory.
std::string print_network_section(const GuidedPlan& plan, bool single_file);

/// Where weights stand and how they lie.
std::string print_weights_section(const GuidedPlan& plan);

/// An output to be computed by hand; nothing if none is worked out.
std::string print_by_hand_section(const GuidedPlan& plan, bool single_file, bool selftest);

/// The parts of the names, those that the plan has.
std::string print_names_section(const GuidedPlan& plan);

/// A path as it is seen from the plan's own folder.
std::string seen_from(const GuidedPlan& plan, const std::string& path);

}  // namespace ssdgen
