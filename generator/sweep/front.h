#pragma once

#include "sweep/figures.h"

#include <string>
#include <vector>

namespace ssdgen {

/// Notes in the figures of each point whose accuracy and latency are known whether it is on their Pareto front
/// (accuracy_front): no other is at least as accurate and as fast, and better in one of them. Gives the front as a line
/// for a terminal, the fastest first; empty if there is none.
/// Latency is that with `threads` threads or, where no point has one, the predicted one.
std::string mark_accuracy_front(int threads, std::vector<PointFigures>& points);

}  // namespace ssdgen
