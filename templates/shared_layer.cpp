$header$
#include "layers.h"

namespace $network$ {

void layers::$layer$

}  // namespace $network$
