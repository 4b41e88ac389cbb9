$header$
#include "$network$_observer.h"
#include "layers/vectors.h"

namespace $network$ {

$function$

}  // namespace $network$
