#pragma once

#include "emit/folder/manifest.h"
#include "emit/network/emission.h"

#include <string>
#include <vector>

namespace ssdgen {

/// What the emitted CMakeLists.txt has every C++ source compiled with.
const std::vector<std::string>& emitted_options();

/// CMakeLists.txt of a network for one target or several: of all of them `front`, of the whole folder the manifest.
std::string print_build_file(const Interface& front, const std::vector<Emission>& targets, const Manifest& manifest);

}  // namespace ssdgen
