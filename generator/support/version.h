#pragma once

namespace ssdgen {

/// "ssdgen 0.2.0": in the head of every emitted file and in plan.json, so that they say what they came from.
extern const char* const generator_version;

}  // namespace ssdgen
