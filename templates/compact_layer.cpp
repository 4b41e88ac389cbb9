$header$
#include "compact.h"
#include "layers.h"
$vectors$

namespace $network$ {

namespace kernels {

namespace $layer_name$ {

namespace {

$shape$

}  // namespace

}  // namespace $layer_name$

$function$

$stage_row$

}  // namespace kernels

$layer$

}  // namespace $network$
