$header$
#include "compact.h"
#include "layers.h"
$vectors$

namespace $space$ {

namespace {

namespace compact = $compact_space$;

$shape$

$layer$

}  // namespace

$function$

$stage_row$

}  // namespace $space$
