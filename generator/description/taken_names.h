#pragma once

#include <string>

namespace ssdgen {

// A network's name becomes a namespace, files, targets of CMake, functions of C and macros. Whatever other people's
// code has called so comes before it, and then the emitted code does not compile, or takes the place of something else.
// taken_names.txt lists those names.

/// Why emitted code cannot be called so, as a clause: "which is a keyword of C or C++", "which would make
/// pthread_attr_init, and that is declared by the headers of C or POSIX". Empty for a name that is free. The name is an
/// identifier.
std::string taken_by(const std::string& name);

}  // namespace ssdgen
