#pragma once

#include "kernel/tree.h"
#include "plan/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The arithmetic of --unroll compact, whose loops over rows, windows and blocks are the fixed text of templates/compact.cpp: `count`
/// terms are added to the sums [pixels][vectors * lanes] of a tile, which stay in memory between calls. Parameters: in, w, sums,
/// in_step (floats between the inputs of neighbouring pixels), count.
Function lower_add_terms(const Target& target, int pixels, int vectors);

}  // namespace ssdgen
