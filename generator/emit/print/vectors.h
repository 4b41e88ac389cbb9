#pragma once

#include "kernel/traits.h"
#include "target/target.h"

#include <string>

namespace ssdgen {

/// "[[gnu::target("avx2,fma")]] ": what stands in front of every function that computes with vectors; empty for a
/// target that asks for nothing.
std::string vector_attribute(const Target& target, VectorUse use);

/// layers/vectors.h: the operations on vectors. InternalError if the target has none for such a use.
std::string print_vectors(const Target& target, VectorUse use);

}  // namespace ssdgen
