#pragma once

#include "emit/network/emission.h"

#include <string>

namespace ssdgen {

/// Whose run order and streams: the product's, or those that hand over the rows that layers make, for the observer of
/// the self-test and the benchmark.
enum class RunKind { product, observed };

/// layers/streams.h: how rows pass through the steps of several layers.
std::string print_streams(const Emission& emission);

/// What of it is about the steps, each stream once: their order of rows.
std::string print_stream_classes(const Plan& plan, RunKind kind);

/// The functions of the steps that are streams, which call these.
std::string print_stream_functions(const Plan& plan, RunKind kind);

}  // namespace ssdgen
