#pragma once

#include "graph/build.h"
#include "graph/graph.h"
#include "pipeline/make_plan.h"
#include "pipeline/worked_output.h"
#include "plan/plan.h"
#include "support/files.h"
#include "weights/weights.h"

#include <cstdint>
#include <functional>
#include <string>

namespace ssdgen::test {

/// What a network is made of.
struct Recipe {
    std::string description;  // JSON
    Target target{};
    std::uint64_t seed = 1;
    Multipliers multipliers = {};
    std::function<void(Weights&)> edit = {};  // what to change in the random weights
    PlanOptions form = {};
};

struct Network {
    Graph graph;    // as built, weights bound, before any pass: what the reference interprets
    Graph lowered;  // what the plan is of
    Plan plan;
    bool selftest = true;                               // to be emitted
    std::vector<std::optional<WorkedOutput>> worked{};  // for the guide
    const std::string& name() const { return plan.name; }
};

/// The stages from the description to the plan, as main.cpp runs them.
Network make_network(const Recipe& recipe);

/// The same from a description and weights that are there.
Network make_network(const Description& description, const Weights& weights, const Target& target);

/// The emitted folder.
FileSet emit(const Network& network);

/// Targets that this machine runs and that compute with real numbers in a way of their own.
std::vector<Target> runnable_targets();

/// "x86_64_v4": a target's name as part of a network's.
std::string target_suffix(const Target& target);

}  // namespace ssdgen::test
