$header$
#include "compact.h"
#include "layers.h"
$vectors$

namespace $space$ {

$shape$

namespace {

namespace compact = $compact_space$;

$layer$

}  // namespace

$function$

$stage_row$

}  // namespace $space$
