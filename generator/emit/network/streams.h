#pragma once

#include "emit/network/emission.h"

#include <string>

namespace ssdgen {

/// layers/streams.h: how rows pass through the steps of several layers.
std::string print_streams(const Emission& emission);

/// What of it is about the steps, each stream once: their order of rows.
std::string print_stream_classes(const Plan& plan);

}  // namespace ssdgen
