#pragma once

#include "target/target.h"

#include <string>

namespace ssdgen {

/// "ssd::kernels::x86_64_v3": where the vector operations of a target live.
std::string target_space(const Target& target);

/// "ssd::kernels::x86_64_v3::code_0123456789abcdef": where a kernel lives, for the text of its code (without the lines
/// that name a network or a layer). Networks that are linked together so find kernels of equal code under equal names;
/// each brings its own in a source file of its own, as weak symbols, and of the libraries' files the linker takes the
/// first. bytes: whether its weights are bytes (kernel/traits.h).
std::string kernel_space(const Target& target, const std::string& text, bool bytes);

}  // namespace ssdgen
