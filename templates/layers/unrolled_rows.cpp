$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

$shape$

$functions$

}  // namespace $space$
