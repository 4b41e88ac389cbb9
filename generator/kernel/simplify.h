#pragma once

#include "kernel/tree.h"

namespace ssdgen {

/// Takes out what says nothing: a loop of one trip (its variable becomes a number), a choice of one case, a block that is
/// all there is, a named number that nothing uses. Example: `for (int tile = 0; tile < 1; tile += 1) f(in + tile * 384);` becomes `f(in);`.
KernelTree simplify(KernelTree tree);

}  // namespace ssdgen
