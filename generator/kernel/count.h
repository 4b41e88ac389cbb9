#pragma once

#include "kernel/tree.h"

#include <cstdint>

namespace ssdgen {

/// Instructions that a kernel runs.
struct Counts {
    std::int64_t multiply_adds = 0;  // vectors
    std::int64_t loads = 0;          // vectors, broadcasts among them
    std::int64_t stores = 0;         // vectors
};

/// Counts for the units [0, units) of the entry (the last function), calls followed; of a stage of a stream for so many
/// rows, made one at a time.
Counts count(const KernelTree& tree, int units);

}  // namespace ssdgen
