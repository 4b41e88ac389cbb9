#pragma once

#include "kernel/tree.h"
#include "target/target.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The arithmetic of --unroll compact, whose loops over rows, windows and blocks are the fixed text of
/// templates/layers/compact.cpp: `count` terms are added to what a tile begins with, the bias or its sums so far, and
/// give its sums [pixels][vectors * lanes], which stay in memory between calls. Parameters: in, w, from, sums, in_step
/// (floats between the inputs of neighbouring pixels), from_step (of what it begins with; 0: the same for all), count.
Function lower_add_terms(const Target& target, int pixels, int vectors, Element weight = Element::f32);

/// The same of whole numbers, for templates/layers/compact_whole.cpp; all is counted in bytes. Terms come by fours,
/// `fours` of them; a tile of one pixel then adds those that are left of `count`.
Function lower_add_whole_terms(const Target& target, int pixels, int vectors);

}  // namespace ssdgen
