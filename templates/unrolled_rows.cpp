$header$
#include "layers.h"
#include "vectors.h"

namespace $network$ {

namespace kernels {

$functions$

}  // namespace kernels

}  // namespace $network$
