#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ssdgen {

// Where what a plan names was put when it was emitted: for those who state it (plan.json, the guide). Paths count from
// the emitted folder.

/// Where a kernel stands: its file and its namespace.
struct KernelPlace {
    std::string file, space;
};

/// By the kernels' names.
using KernelPlaces = std::map<std::string, KernelPlace>;

/// The file that holds a network's packed weights.
struct WeightsFile {
    std::string path;
    std::optional<std::int64_t> first_byte;  // where they begin in it; none: there they are numbers of C++
    std::string sha256;                      // of the file
};

struct EmittedPlan {
    KernelPlaces kernels;
    WeightsFile weights;
};

}  // namespace ssdgen
