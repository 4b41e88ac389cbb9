$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

$shape$

$shared$$attribute$$signature$ {
    $body$
}

}  // namespace $space$
