#pragma once

#include "kernel/tree.h"

namespace ssdgen {

/// Takes out what says nothing: a loop of one trip (its variable becomes a number), a choice of one case, a block that
/// is all there is, a function that only calls another one, a parameter's name that nothing uses. Example: `for (int
/// tile = 0; tile < 1; tile += 1) f(in + tile * 384);` becomes `f(in);`, and where that is all that g does, what calls
/// g(p) calls f(p).
KernelTree simplify(KernelTree tree);

/// The name of each parameter that a function has no use for becomes empty.
void unname_unused_parameters(Function& function);

}  // namespace ssdgen
