#pragma once

#include "target/target.h"

#include <string>

namespace ssdgen {

// bytes: of kernels whose weights are bytes (kernel/traits.h); a network may have both kinds.

/// "[[gnu::target("avx2,fma")]] ": what stands in front of every function that computes with vectors; empty for a
/// target that asks for nothing.
std::string vector_attribute(const Target& target, bool bytes);

/// layers/vectors.h: the operations on vectors. InternalError if the target has none of those that bytes need.
std::string print_vectors(const Target& target, bool bytes);

}  // namespace ssdgen
