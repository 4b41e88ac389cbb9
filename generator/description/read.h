#pragma once

#include <string>

#include "description/description.h"

namespace ssdgen {

/// Reads a description file. The keys are those of configs/network.schema.json, explained in configs/README.md; padding
/// and activation are resolved for every layer. Fields that a layer's type does not have keep their defaults, but an
/// average pool's pads are 0.
///
/// InputError for everything wrong that can be told without shapes (those are build_graph's):
///
///     FILE:LINE:COLUMN: found 'tru'; allowed: a value ...                    the text is no JSON
///     FILE: /head/classes: found 0; allowed: a whole number from 1 to 65536
Description read_description(const std::string& path);

/// The same for a text; file is what messages call it.
Description parse_description(const std::string& text, const std::string& file);

/// Whether emitted code can be called so, as namespace, file and target; the rule in words.
bool is_network_name(const std::string& name);
inline const char* const network_name_rule =
    "a C identifier that starts with a letter, is no word of C++, no header of C, no file of the emitted "
    "folder, nor main, ssd or std, at most 64 characters";

}  // namespace ssdgen
