#pragma once

#include "emit/network/emission.h"
#include "plan/emitted.h"
#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// Emits layers/: layers.h, streams.h, the vectors of the target, one file a kernel, named after its layer; one that
/// several share stands in the file of the first. Returns where each kernel stands.
KernelPlaces emit_layers(const Emission& emission, FileSet& files);

/// The paths of its sources, in run order, and of its headers.
std::vector<std::string> layer_sources(const Plan& plan);
std::vector<std::string> layer_headers(const Plan& plan);

/// The code of a plan's kernels and streams as it is emitted, each once, for --dump kernels.
std::string print_kernels(const Plan& plan);

}  // namespace ssdgen
