#pragma once

#include "plan/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// How a target's code is spelled. The operations on vectors themselves are spelled in its header among the templates.
struct InstructionSet {
    const char* target;     // Target::name
    int lanes;              // floats in a Vector
    const char* attribute;  // in front of every function that computes with vectors
    const char* header;     // templates/: defines Vector, load, store, multiply_add ...
    std::vector<std::string> features;  // as __builtin_cpu_supports names them; empty: every processor of the family has it
};

/// InternalError if the target has no spelling.
const InstructionSet& instruction_set(const Target& target);

}  // namespace ssdgen
