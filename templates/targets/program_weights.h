// What each target's own programs do for it.
#pragma once

$includes$

#include "$network$.h"

namespace $network$ {

inline void hand_over_weights(Workspace& workspace) noexcept {
    $hand_over$
}

}  // namespace $network$
