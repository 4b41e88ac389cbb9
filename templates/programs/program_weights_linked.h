// The weights are part of the library: the programs need not hand them over.
#pragma once

#include "$network$.h"

extern "C" const float $network$_weights[];

namespace $network$ {

inline const float* packed_weights(const Workspace&) noexcept { return $network$_weights; }

inline void hand_over_weights(Workspace&) noexcept {}

}  // namespace $network$
