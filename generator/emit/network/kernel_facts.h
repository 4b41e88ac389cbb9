#pragma once

#include "plan/plan.h"

#include <string>

namespace ssdgen {

/// What the head of a kernel's file says of its kernel, as comments: window, stride, dilation and pads; what follows
/// the sums; bytes read and written, each once; how the weights lie.
std::string kernel_facts(const Target& target, const Stage& stage);

}  // namespace ssdgen
