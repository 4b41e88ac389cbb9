$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

namespace {  // what the kernel is made of

$shape$

$functions$

}  // namespace

$entry$
$stage_row$

}  // namespace $space$
