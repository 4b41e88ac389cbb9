#pragma once

#include "kernel/traits.h"
#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// "ssd::kernels::x86_64_v3": where the vector operations of a target live.
std::string target_space(const Target& target);

/// Where a kernel lives, for the text of its code (without the lines that name a network or a layer).
///
/// "ssd::kernels::x86_64_v3::code_0123456789abcdef" if networks share kernels (Toolchain::shared): those that are
/// linked together so find kernels of equal code under equal names; each brings its own in a source file of its own,
/// and of the libraries' files the linker takes the first. bytes: whether its weights are bytes (kernel/traits.h).
///
/// "ssd::kernels::portable::network_specimen::layer_conv1" if each network has kernels of its own: standard C++ lets
/// a function that several files define have no part that is one file's alone, as tiles and operations on vectors are.
/// part: the file in which the kernel stands, without its ending.
std::string kernel_space(const Plan& plan, const std::string& part, const std::string& text, VectorUse use);

}  // namespace ssdgen
