#include "tools/network.h"

#include "cost/footprint.h"
#include "description/read.h"
#include "passes/lower.h"
#include "pipeline/expected_layers.h"
#include "pipeline/network_files.h"
#include "target/table.h"
#include "weights/random.h"

#include <algorithm>
#include <iterator>

namespace ssdgen::test {

Network make_network(const Recipe& recipe) {
    const Description description = parse_description(recipe.description, "test.json");
    Graph graph = build_graph(description, recipe.multipliers);
    Weights weights = random_weights(expected_tensors(graph), recipe.seed);
    if (recipe.edit) recipe.edit(weights);
    bind_weights(graph, description, weights);
    const Graph lowered = lower_for(graph, recipe.form);
    Plan plan = make_plan(lowered, recipe.target, {}, recipe.form);
    std::optional<WorkedOutput> worked = work_output(lowered, plan);
    return {std::move(graph), lowered, std::move(plan), true, {std::move(worked)}};
}

Network make_network(const Description& description, const Weights& weights, const Target& target) {
    Graph graph = build_graph(description);
    bind_weights(graph, description, weights);
    Graph lowered = lower(graph);
    Plan plan = make_plan(lowered, target, {}, {});
    return {std::move(graph), std::move(lowered), std::move(plan), true, {}};
}

FileSet emit(const Network& network) {
    const std::vector<Plan> plans{network.plan};
    if (!network.selftest) return network_files(plans, footprints(plans), {}, network.worked, {});
    return network_files(plans, footprints(plans), expected_layers(network.graph, network.lowered, plans),
                         network.worked, {});
}

std::vector<Target> runnable_targets() {
    std::vector<Target> all;
    std::copy_if(targets().begin(), targets().end(), std::back_inserter(all),
                 [](const Target& target) { return runs_here(target) && target.floats_as.empty(); });
    return all;
}

std::string target_suffix(const Target& target) {
    std::string suffix = target.name;
    for (char& c : suffix)
        if (c == '-') c = '_';
    return suffix;
}

}  // namespace ssdgen::test
