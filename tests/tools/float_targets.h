#pragma once

#include "target/table.h"

#include <vector>

namespace ssdgen::test {

/// The targets that compute with real numbers in a way of their own.
inline std::vector<Target> float_targets() {
    std::vector<Target> all;
    for (const Target& target : targets())
        if (target.floats_as.empty()) all.push_back(target);
    return all;
}

}  // namespace ssdgen::test
