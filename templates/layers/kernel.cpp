$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

$shape$

namespace {  // what the kernel is made of

$functions$

}  // namespace

$entry$
$stage_row$

}  // namespace $space$
