$header$
#include "layers.h"
#include "vectors.h"

namespace $network$ {

namespace kernels {

namespace {

$numbers$

$functions$

}  // namespace

$entry$

}  // namespace kernels

void layer::$layer$

}  // namespace $network$
