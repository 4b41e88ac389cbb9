$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

namespace {  // in what follows as numbers

$shape$

}  // namespace

$functions$

}  // namespace $space$
