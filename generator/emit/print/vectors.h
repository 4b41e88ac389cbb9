#pragma once

#include "target/target.h"

#include <string>

namespace ssdgen {

/// "[[gnu::target("avx2,fma")]] ": what stands in front of every function that computes with vectors; empty for a
/// target that asks for nothing.
std::string vector_attribute(const Target& target);

/// layers/vectors.h: the operations on vectors.
std::string print_vectors(const Target& target);

}  // namespace ssdgen
