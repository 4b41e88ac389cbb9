#pragma once

#include "description/description.h"

#include <optional>
#include <string>

namespace ssdgen {

/// Reads a description file. The keys are those of configs/network.schema.json, explained in configs/README.md; padding
/// and activation are resolved for every layer. Fields that a layer's type does not have keep their defaults, but an
/// average pool's pads are 0.
///
/// InputError for everything wrong that can be told without shapes (those are build_graph's):
///
///     FILE:LINE:COLUMN: found 'tru'; allowed: a value ...                    the text is no JSON
///     FILE: /head/classes: found 0; allowed: a whole number from 1 to 65536
///
/// Warns of what can hardly be meant (unusual.h).
Description read_description(const std::string& path);

/// The same for a text, without warnings; file is what messages call it.
Description parse_description(const std::string& text, const std::string& file);

/// What is wrong with a network's name, as its namespace, files, targets and functions are called: "" if it is no
/// identifier, or what else bears it (taken_names.h) behind a comma. Nothing if it is right.
std::optional<std::string> network_name_fault(const std::string& name);

/// The rule in words.
std::string network_name_rule();

}  // namespace ssdgen
