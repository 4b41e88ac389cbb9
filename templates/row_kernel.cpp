$header$
#include "layers.h"
#include "vectors.h"

namespace $network$ {

namespace kernels {

namespace $layer_name$ {  // what the kernel is made of

namespace {

$numbers$

$functions$

}  // namespace

}  // namespace $layer_name$

$entry$

$stage_row$

}  // namespace kernels

}  // namespace $network$
