#pragma once

#include <string>
#include <string_view>

namespace ssdgen {

/// A name out of a model file for a message: control characters replaced, at most 120 bytes.
std::string shown(std::string_view name);

}  // namespace ssdgen
