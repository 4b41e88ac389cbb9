#pragma once

#include "description/description.h"

#include <string>

namespace ssdgen {

/// The JSON of a description in its one canonical form: keys in the order of configs/README.md, two spaces of indent,
/// one line a layer or source, numbers as short as they can be. The network's padding and activation are those that
/// most layers have; a layer states only what differs. parse_description gives the same description back (for one that
/// it would take).
std::string write_description(const Description& description);

}  // namespace ssdgen
