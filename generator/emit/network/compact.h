#pragma once

#include "emit/network/emission.h"
#include "kernel/tree.h"
#include "support/files.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The source of the kernels of --unroll compact; with a '-', which no layer's file has.
inline constexpr const char* compact_file = "layers/compact-kernels.cpp";

/// layers/compact.h and compact_file.
void emit_compact(const Emission& emission, FileSet& files);

/// What stands in compact_file below its head.
std::string print_compact_kernels(const Plan& plan);

/// Their namespace.
std::string compact_space(const Plan& plan);

/// Whether a stage is done by one of them; an average pool has a kernel of its own.
bool is_compact(const Plan& plan, const Stage& stage);

/// A stage as the kernel of its kind takes it, with the names of its shape's numbers (print_shape), and the function
/// that hands it over. `signature`: of that function.
std::string print_compact_layer(const Stage& stage, const std::vector<NamedNumber>& shape);
std::string print_compact_function(const Target& target, const Step& step, const Stage& stage,
                                   const std::string& signature);

}  // namespace ssdgen
