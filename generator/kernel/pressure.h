#pragma once

#include "kernel/tree.h"
#include "target/target.h"

namespace ssdgen {

/// When the terms of a sum are added: each where it stands; or all of them where the sum is stored or its block of
/// straight code ends, until when all that they are made of has to be kept.
enum class Sums { in_order, when_stored };

/// Vectors that a function has values of at the same time, the functions that it calls being part of it.
struct Pressure {
    /// As the code is written, where what is read from one place several times, with no store in between, is read once:
    /// a compiler keeps the first one's value.
    int alive = 0;
    /// Read from memory in several cases of a choice: a compiler may read them before it chooses, all of them.
    int ahead = 0;
};

/// Of one of a tree's functions.
Pressure pressure(const Function& function, const KernelTree& tree, const VectorUnit& unit);

}  // namespace ssdgen
