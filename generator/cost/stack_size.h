#pragma once

#include "plan/plan.h"

#include <cstdint>

namespace ssdgen {

/// A bound of the stack, in bytes, that a call of a network's interface takes, its caller's frame not counted, and so
/// does each thread of an executor: for code that GCC 12 or Clang 14 makes with -O2 or -O3. An executor's own frames
/// are not counted, nor is what a linker takes that looks for a function when it is called first. Computed from the
/// calls that lead to the deepest kernel, and from the vectors that each kernel has values of at a time; measured
/// (tests/folder/stack_test.cpp): five sixths of it at most, for most networks about a half.
std::int64_t stack_bytes(const Plan& plan);

}  // namespace ssdgen
