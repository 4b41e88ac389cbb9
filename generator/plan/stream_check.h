#pragma once

#include "plan/plan.h"
#include "plan/stream_code.h"

namespace ssdgen {

/// InternalError unless the rings of a stream lie apart in its scratch memory, its code makes every row of its last
/// stage once, every row that a stage reads is where its pointer says when it is read, rows that are read together lie
/// side by side, and no pointer leads out of its map or ring, wherever a thread may begin.
void check_stream(const Step& step);

/// The same of code that is said to be this stream's.
void check_stream(const Step& step, const StreamCode& code);

}  // namespace ssdgen
