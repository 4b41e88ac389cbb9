$header$
#include "$network$_observer.h"
#include "layers/vectors.h"

namespace $network$ {

using namespace $target_space$;

$function$

}  // namespace $network$
