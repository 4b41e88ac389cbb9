$header$
// The layers in run order, and the kernels that they share. A layer computes the units [first, end) of its work;
// generated/README.md of the generator decodes the kernels' names. A kernel's namespace states its code: networks of one program
// share the kernels that they have in common.
#pragma once

#include "ssd/image.h"

$declarations$

namespace $network$ {

namespace kernels {

$kernels$

}  // namespace kernels

namespace layer {

$layers$

}  // namespace layer

}  // namespace $network$
