#pragma once

#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The runtime's headers: "ssd/pool.h" and so on.
std::vector<std::string> runtime_headers();

/// A few places are spelled twice (SSD_STANDARD): standard: in standard C++, for folders of targets that are; otherwise
/// with what GCC and Clang have besides. Both give the same.
void add_runtime(bool standard, FileSet& files);

}  // namespace ssdgen
