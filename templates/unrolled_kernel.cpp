$header$
#include "layers.h"
#include "vectors.h"

namespace $network$ {

namespace kernels {

$attribute$$signature$ {
    $body$
}

}  // namespace kernels

void layer::$layer$

}  // namespace $network$
