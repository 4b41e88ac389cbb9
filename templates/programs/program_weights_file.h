// The programs bring the weights file with them, so that they run where there are no files; a product reads or maps it.
#pragma once

#include <cstdio>
#include <cstdlib>

#include "$network$.h"
#include "ssd/weights.h"

extern "C" const unsigned char $network$_weights_file[];  // $network$_weights.S

namespace $network$ {

inline const $weight$* packed_weights(const Workspace& workspace) noexcept { return workspace.weights; }

inline void hand_over_weights(Workspace& workspace) noexcept {
    const char* const wrong = use_weights(workspace, $network$_weights_file, sizeof(ssd::WeightsHeader) + weights_bytes);
    if (wrong == nullptr) return;
    std::fprintf(stderr, "$network$: %s\n", wrong);
    std::exit(1);
}

}  // namespace $network$
