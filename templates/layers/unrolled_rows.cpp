$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

$functions$

}  // namespace $space$
