#pragma once

#include "plan/plan.h"

namespace ssdgen {

/// InternalError unless the rings of a stream lie apart in its scratch memory, its code makes every row of its last
/// stage once, every row that a stage reads is where its pointer says when it is read, and rows that are read together
/// lie side by side, wherever a thread may begin.
void check_stream(const Step& step);

}  // namespace ssdgen
