$header$
#include "layers.h"
#include "vectors.h"

namespace $space$ {

namespace {  // in what follows as numbers

$shape$

}  // namespace

[[gnu::weak]] $attribute$$signature$ {
    $body$
}

}  // namespace $space$
