$header$
// The layers in run order, and the kernels that they share. A layer computes the units [first, end) of its work;
// $guide$ decodes the kernels' names. $sharing$
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
