#pragma once

#include "emit/network/weights.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A network and the folder in which its files stand: "" or, of one target among several, "x86_64_v3/".
struct BuiltNetwork {
    const Plan& plan;
    std::string folder;
};

/// What the emitted CMakeLists.txt has every C++ source compiled with.
const std::vector<std::string>& emitted_options();

/// The sources of the library that it builds, of a network for one target: relative to its folder, NAME_weights.S or
/// NAME_weights.cpp among them.
std::vector<std::string> library_sources(const Plan& plan, WeightsForm form);

/// CMakeLists.txt of one network, or of the targets of one (`front` then being what they have in common).
std::string print_build_file(const Plan& front, const std::vector<BuiltNetwork>& networks, bool selftest,
                             WeightsForm form);

}  // namespace ssdgen
