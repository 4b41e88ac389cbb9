$header$
// How rows pass through the steps of several layers. Each layer makes rows when the next one asks for them, and keeps
// no more of them than the next one's window covers, in a ring in the thread's scratch memory. A row y of a ring is read
// and written through row_of_LAYER(y); a row outside the map is never read, wherever its pointer leads. `top` is the row
// under the first of a window's. Sizes of rows and places in the memory are in $unit$.
#pragma once

#include "layers.h"

#include <algorithm>
#include <cstdint>

namespace $network$ {

namespace streams {

$streams$

}  // namespace streams

namespace layer {

$layers$

}  // namespace layer

}  // namespace $network$
