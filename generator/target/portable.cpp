#include "target/families.h"

namespace ssdgen {

std::vector<Target> portable_targets() {
    // What every 64-bit processor has: 16 registers of 4 floats, a multiplication and an addition apart.
    const VectorUnit floats{Element::f32, 4, 16, 1, 2, 8, false};
    const VectorUnit whole{Element::u8, 4, 16, 1, 2, 8, false, 4, true};
    const Caches caches{32 << 10, 256 << 10, 16, 0, false};
    // Vectors are what compilers make of four floats side by side. In a loop of one term a round they lose none of
    // them, and need no more registers than the sums, their weights and one input: GCC puts the terms of a longer round
    // in another order.
    const TermSteps steps{1, 0};
    return {{"portable",
             Family::any,
             {},
             {floats, whole},
             caches,
             steps,
             {"",
              vectors_header("portable.h"),
              {},
              {"", vectors_header("portable_bytes.h")},
              {"", {vectors_header("portable_whole.h")}}}}};
}

}  // namespace ssdgen
