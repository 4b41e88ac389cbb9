#pragma once

#include "emit/guide/worked_output.h"
#include "graph/graph.h"
#include "plan/plan.h"

#include <optional>
#include <vector>

namespace ssdgen {

/// An output at the top left of the first layer whose sums have few enough terms to be written down, on the picture of
/// the self-test: of the first channel that its activation leaves as it is. `lowered`: what the plan is made of. None
/// where every sum is long.
std::optional<WorkedOutput> work_output(const Graph& lowered, const Plan& plan);

/// The same of each plan.
std::vector<std::optional<WorkedOutput>> work_outputs(const Graph& lowered, const std::vector<Plan>& plans);

}  // namespace ssdgen
