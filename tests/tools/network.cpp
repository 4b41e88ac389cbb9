#include "tools/network.h"

#include "description/read.h"
#include "emit/folder/folder.h"
#include "passes/lower.h"
#include "pipeline/expected_layers.h"
#include "plan/build.h"
#include "report/plan_json.h"
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
    Plan plan = build_plan(lower(graph), recipe.target);
    return {std::move(graph), std::move(plan), true};
}

Network make_network(const Description& description, const Weights& weights, const Target& target) {
    Graph graph = build_graph(description);
    bind_weights(graph, description, weights);
    Plan plan = build_plan(lower(graph), target);
    return {std::move(graph), std::move(plan), true};
}

FileSet emit(const Network& network) {
    FileSet files = emit_network(
        network.plan, network.selftest ? expected_layers(network.graph, network.plan) : std::vector<ExpectedLayer>());
    files.add("plan.json", plan_json(network.plan));
    return files;
}

std::vector<Target> runnable_targets() {
    std::vector<Target> all;
    std::copy_if(targets().begin(), targets().end(), std::back_inserter(all), runs_here);
    return all;
}

std::string target_suffix(const Target& target) {
    std::string suffix = target.name;
    for (char& c : suffix)
        if (c == '-') c = '_';
    return suffix;
}

}  // namespace ssdgen::test
