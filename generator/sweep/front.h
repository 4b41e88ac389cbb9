#pragma once

#include "sweep/points.h"

#include <string>
#include <vector>

namespace ssdgen {

/// Notes in the figures of each point whose accuracy and latency are known whether it is on their Pareto front
/// ("accuracy_front": "yes" or "no"), as those are that no other is both as accurate and as fast as, or better in one
/// and as good in the other. Gives the front as a line for a terminal, the fastest first; empty if there is none.
/// Latency is that with `threads` threads or, where no point has one, the predicted one.
std::string mark_accuracy_front(int threads, std::vector<Figures>& points);

}  // namespace ssdgen
