#pragma once

#include <cstdlib>

namespace ssdgen::test {

/// ./run test --all: everything, not the part of it that a usual run has time for.
inline bool is_long_run() { return std::getenv("SSDGEN_TEST_ALL") != nullptr; }

}  // namespace ssdgen::test
