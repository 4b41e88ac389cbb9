#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

#include <string>

namespace ssdgen {

/// NAME_observer.h and NAME_observer.cpp: what there is to observe of a network, and forward() once more with streams
/// that hand over the rows that they make. Programs that measure and test compile them, and no product.
void add_observer(const Emission& emission, FileSet& files);

std::string observer_header(const std::string& network);
std::string observer_source(const std::string& network);

}  // namespace ssdgen
