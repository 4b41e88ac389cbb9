$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

[[gnu::weak]] $attribute$$signature$ {
    $body$
}

}  // namespace $space$
