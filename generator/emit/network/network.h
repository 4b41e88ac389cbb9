#pragma once

#include "emit/network/emission.h"
#include "plan/emitted.h"
#include "support/files.h"

#include <string>

namespace ssdgen {

// What a network alone and the targets of one (emit/targets.h) are put together from.

/// What a network for one target and one for several differ in, in NAME.h; `includes`: of further headers.
struct HeaderParts {
    std::string includes, workspace;
};

/// NAME.h.
std::string print_header(const Interface& interface, const HeaderParts& parts);

/// The header of who works on a step, which run orders include.
inline constexpr const char* crew_file = "layers/crew.h";

/// NAME.h, NAME.cpp, layers/ and the weights, without the emission's folder. Returns where each kernel stands.
KernelPlaces add_network(const Emission& emission, const Footprint& footprint, FileSet& files);

}  // namespace ssdgen
