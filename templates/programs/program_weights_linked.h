// The weights are part of the library: the programs need not hand them over.
#pragma once

#include "$network$.h"

extern "C" const $weight$ $network$_weights[];

namespace $network$ {

inline const $weight$* packed_weights(const Workspace&) noexcept { return $network$_weights; }

inline void hand_over_weights(Workspace&) noexcept {}

}  // namespace $network$
