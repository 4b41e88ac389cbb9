#pragma once

#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The runtime's headers: "ssd/pool.h" and so on.
std::vector<std::string> runtime_headers();

void add_runtime(FileSet& files);

}  // namespace ssdgen
