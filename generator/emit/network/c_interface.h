#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

namespace ssdgen {

/// Emits the interface for C beside NAME.h: NAME_c.h (C11), and NAME_c.cpp, which calls NAME.h's functions.
void emit_c_interface(const Interface& interface, FileSet& files);

}  // namespace ssdgen
