$header$
#include "$network$.h"

#include "layers/crew.h"
#include "layers/streams.h"
$quantized_header$
#include "ssd/resize.h"
$weights_header$

#include <new>

$weights_declaration$

namespace $network$ {

namespace {

$run_order$

$post_processing$

}  // namespace

$definitions$
$use_weights$

}  // namespace $network$
