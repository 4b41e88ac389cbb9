#pragma once

#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The runtime's headers: "ssd/pool.h" and so on. Some only a network of 8 bits takes along.
std::vector<std::string> runtime_headers(bool quantized);

/// A few places are spelled twice (SSD_STANDARD): standard: in standard C++, for folders of targets that are; otherwise
/// with what GCC and Clang have besides. Both give the same.
void add_runtime(bool standard, bool quantized, FileSet& files);

}  // namespace ssdgen
