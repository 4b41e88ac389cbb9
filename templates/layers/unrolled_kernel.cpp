$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

$shape$

[[gnu::weak]] $attribute$$signature$ {
    $body$
}

}  // namespace $space$
