#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

#include <string>

namespace ssdgen {

// What a network alone and the targets of one (emit/targets.h) are put together from.

/// What a network for one target and one for several differ in, in NAME.h; `includes`: of further headers.
struct HeaderParts {
    std::string includes, workspace, weights_interface;
};

/// NAME.h.
std::string print_header(const Interface& interface, const HeaderParts& parts);

/// "float* boxes, float* logits": what forward() and the layers write.
std::string output_parameters(const Plan& plan);

/// NAME.h, NAME.cpp, layers/ and the weights, without the emission's folder.
void add_network(const Emission& emission, const Footprint& footprint, FileSet& files);

}  // namespace ssdgen
