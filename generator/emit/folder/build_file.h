#pragma once

#include "emit/network/emission.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What the emitted CMakeLists.txt has every C++ source compiled with.
const std::vector<std::string>& emitted_options();

/// The sources of the library that it builds, of a network for one target: relative to its folder, NAME_weights.S or
/// NAME_weights.cpp among them.
std::vector<std::string> library_sources(const Emission& emission);

/// CMakeLists.txt of a network for one target or several; `front`: of all.
std::string print_build_file(const Interface& front, const std::vector<Emission>& targets, bool selftest);

}  // namespace ssdgen
