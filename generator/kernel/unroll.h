#pragma once

#include "kernel/tree.h"
#include "plan/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

/// A kernel that is a step for itself as one function without a loop, a call or a choice: every address counts from a
/// parameter. For all units of work at once: the parameters first and end stay, unused.
KernelTree unroll_whole(const KernelTree& tree, int units);

/// A form of a stage of a stream without a loop, a call or a choice, and without the parameter y or rows.
struct UnrolledRows {
    Function function;
    int first = 0;  // serves output rows from here up to the next form; of a 1x1 window: makes so many rows
};

/// Each of the forms that the rows of a stage of a stream need (plan/stream_code.h), called unrolled_rows_name().
std::vector<UnrolledRows> unroll_rows(const Kernel& kernel, const KernelTree& tree);

/// A function without parameters that are numbers, without its loops.
Function unroll_function(const Function& function);

/// About how many bytes of machine code a body without loops takes.
std::int64_t unrolled_bytes(const Body& body, const Target& target);

}  // namespace ssdgen
