#pragma once

#include "graph/graph.h"
#include "plan/plan.h"
#include "plan/schedule/tuning.h"

#include <cstdint>
#include <map>
#include <string>

namespace ssdgen {

/// What kind of code a plan is for. Steps, memory and packed weights are the same in
/// every form with streams.
struct PlanForm {
    /// One kernel of a kind does all layers (plan/compact.h).
    bool compact = false;
    /// Steps that are unrolled whole, by the code_name() that they have without: about how many bytes of machine code
    /// that makes of each.
    std::map<std::string, std::int64_t> unrolled{};
    /// Layers pass rows to each other where that saves memory or time; if not, each is a step for itself.
    bool streams = true;
};

/// Decides everything that emission prints: kernels and their tiles, the run order, where each map lies in the arena,
/// how the weights are packed. The graph is lowered (room passes); weights are packed if they are bound. Layers whose
/// shapes the tuning, made for the same target, does not name are scheduled by the model. InternalError if the form
/// unrolls what no step is called.
Plan build_plan(const Graph& graph, const Target& target, const Tuning& tuning = {}, const PlanForm& form = {});

}  // namespace ssdgen
