#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ssdgen {

/// A term of an output's sum.
struct WorkedTerm {
    std::int64_t number = 0;               // among all of the window, from 0 on in the order of the packed weights
    int row = 0, column = 0, channel = 0;  // of the layer's input
    double input = 0;                      // what stands there; of the picture the byte
    std::int64_t weight = 0;               // where its weight stands: bytes from the network's first weight on
};

/// One output of a layer, for people to compute by hand: places from the plan, values from the reference interpreter.
struct WorkedOutput {
    std::size_t stage = 0;  // of all_stages(); its first output
    int row = 0, column = 0, channel = 0;
    std::int64_t bias = 0;          // where it stands, as a weight
    std::vector<WorkedTerm> terms;  // of the taps inside the map
    std::int64_t taps_outside = 0;
    double expected = 0;
};

}  // namespace ssdgen
