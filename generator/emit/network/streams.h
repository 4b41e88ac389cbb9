#pragma once

#include "emit/network/emission.h"

#include <string>

namespace ssdgen {

/// layers/streams.h: how rows pass through the steps of several layers.
std::string print_streams(const Emission& emission);

}  // namespace ssdgen
