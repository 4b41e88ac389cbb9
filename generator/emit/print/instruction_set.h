#pragma once

#include "target/target.h"

#include <string>

namespace ssdgen {

/// How a target's code is spelled. The operations on vectors themselves are spelled in its header among the templates.
struct InstructionSet {
    const char* target;     // Target::name
    int lanes;              // floats in a Vector
    std::string attribute;  // in front of every function that computes with vectors: asks for Target::features
    const char* header;     // templates/: defines Vector, load, store, multiply_add ...
};

/// InternalError if the target has no spelling.
const InstructionSet& instruction_set(const Target& target);

/// layers/vectors.h: the operations on vectors.
std::string print_vectors(const Target& target);

}  // namespace ssdgen
