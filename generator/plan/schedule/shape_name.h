#pragma once

#include "plan/schedule/tuning.h"

#include <optional>
#include <string>

namespace ssdgen {

/// The shape that a name stands for; none for a text that shape_name() does not make.
std::optional<LayerShape> parse_shape_name(const std::string& name);

}  // namespace ssdgen
