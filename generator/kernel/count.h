#pragma once

#include "kernel/traits.h"
#include "kernel/tree.h"

#include <cstdint>

namespace ssdgen {

/// Instructions that a kernel runs.
struct Counts {
    std::int64_t multiply_adds = 0;  // vectors
    std::int64_t loads = 0;          // vectors, broadcasts among them
    std::int64_t stores = 0;         // vectors
};

/// What a node alone counts as.
Counts counts_of(Cost cost);

/// sum += more, so many times.
void add(Counts& sum, const Counts& more, std::int64_t times = 1);

/// Counts for the units [0, units) of the entry (the last function), calls followed; of a stage of a stream for so many
/// rows, made one at a time.
Counts count(const KernelTree& tree, int units);

}  // namespace ssdgen
