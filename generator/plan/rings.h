#pragma once

#include "plan/plan.h"

namespace ssdgen {

/// Gives the rings of a stream their rows and their places in the scratch memory of a thread, and the step the size of
/// that memory. A ring keeps a row until its last reader has read it, wherever a thread may begin, and rows that are
/// read or made together lie side by side in it. Rows that are used up before any other stage works (a depthwise row,
/// made one at a time) share one place.
void place_rings(Step& step);

}  // namespace ssdgen
