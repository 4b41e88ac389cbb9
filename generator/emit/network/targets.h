#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// NAME.h and NAME.cpp of a network that is compiled for several targets: the interface of a network alone, which calls
/// the last one that the machine runs. `front`: of all targets.
void add_front(const Interface& front, const std::vector<Emission>& targets, FileSet& files);

// What is written of each target: in `line` and `statement` {0} is its network's name, {1} its own as an identifier,
// {2} its folder.

std::string line_each(const std::vector<Emission>& targets, const std::string& line);

/// An #include of a file in each target's folder.
std::string include_each(const std::vector<Emission>& targets, const std::string& file);

/// A switch that does for the chosen target what `statement` says, and after it `otherwise`.
std::string choose_target(const std::vector<Emission>& targets, const std::string& statement,
                          const std::string& otherwise);

}  // namespace ssdgen
