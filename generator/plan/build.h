#pragma once

#include "graph/graph.h"
#include "plan/plan.h"
#include "plan/schedule/tuning.h"

namespace ssdgen {

/// Decides everything that emission prints: kernels and their tiles, the run order, where each map lies in the arena,
/// how the weights are packed. The graph is lowered (room passes); weights are packed if they are bound. Layers whose
/// shapes the tuning, made for the same target, does not name are scheduled by the model.
Plan build_plan(const Graph& graph, const Target& target, const Tuning& tuning = {});

}  // namespace ssdgen
