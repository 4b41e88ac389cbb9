#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

#include <string>

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

/// The shape of a stage, as constants, and the function that hands it to the kernel of its kind. `signature`: of that
/// function.
std::string print_compact_shape(const Stage& stage);
std::string print_compact_function(const Step& step, const Stage& stage, const std::string& signature);

}  // namespace ssdgen
