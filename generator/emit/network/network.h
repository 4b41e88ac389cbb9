#pragma once

#include "emit/network/weights.h"
#include "plan/plan.h"
#include "support/files.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

// What a network alone and the targets of one (emit/targets.h) are put together from.

/// What a network for one target and one for several differ in, in NAME.h; `includes`: of further headers.
struct HeaderParts {
    std::string includes, workspace, weights_interface;
};

/// NAME.h. code_bytes: about how much machine code the library has, as kernel/code_size.h estimates it.
std::string print_header(const Plan& plan, std::int64_t code_bytes, const HeaderParts& parts);

/// "float* boxes, float* logits": what forward() and the layers write.
std::string output_parameters(const Plan& plan);

/// NAME.h, NAME.cpp, layers/ and the weights.
void add_network(const Plan& plan, WeightsForm form, FileSet& files);

/// The sources that a single file is made of: the network's, its layers', the weights'. `folder`: in which they stand,
/// "" or "x86_64_v2/".
std::vector<std::string> network_sources(const Plan& plan, WeightsForm form, const std::string& folder = "");

}  // namespace ssdgen
