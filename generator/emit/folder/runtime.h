#pragma once

#include "support/files.h"

namespace ssdgen {

/// The runtime's headers.
void add_runtime(FileSet& files);

}  // namespace ssdgen
