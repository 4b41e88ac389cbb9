#pragma once

#include "kernel/tree.h"
#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The numbers of a kernel's shape as the constants of `struct Shape`, one a line.
std::string print_shape(const std::vector<NamedNumber>& shape);

/// A kernel's function in C++; shape: the numbers that it finds in `Shape`.
std::string print_function(const Function& function, const Target& target, const std::vector<NamedNumber>& shape = {});

/// The same for one that other files call, with what its definition is shared by: another network may bring the same
/// (emit/print/kernel_space.h).
std::string print_entry(const Function& function, const Target& target, const std::vector<NamedNumber>& shape = {});

/// A function's statements alone, not indented.
std::string print_body(const Function& function, const Target& target);

/// "void name(const float* input, ..., int end) noexcept", for declarations.
std::string print_signature(const Function& function, const std::string& name);

/// The parameter names, for a call that hands all of them on: "input, weights, output, first, end".
std::string print_arguments(const Function& function);

}  // namespace ssdgen
