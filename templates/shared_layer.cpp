$header$
#include "layers.h"

namespace $network$ {

void layer::$layer$

}  // namespace $network$
