#include "pipeline/expected_layers.h"

#include "graph/shapes.h"
#include "passes/lower.h"
#include "passes/store_weights.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ssdgen {

namespace {

/// What each map holds once the graph has run on the test picture.
std::map<std::string, std::vector<double>> named_maps(const Graph& graph) {
    std::vector<std::vector<double>> values = interpret(graph, test_picture(shape_of(graph, graph.input)));
    std::map<std::string, std::vector<double>> maps;
    for (std::size_t id = 0; id < values.size(); ++id) maps[graph.tensors[id].name] = std::move(values[id]);
    return maps;
}

bool has_other_layers(const std::vector<Plan>& plans, const std::map<std::string, std::vector<double>>& maps) {
    for (const Plan& plan : plans)
        for (const Stage* stage : all_stages(plan))
            for (const ObservedLayer& layer : stage->layers)
                if (maps.count(layer.name) == 0) return true;
    return false;
}

/// Of the rows that are made.
ExpectedLayer expect(const ObservedLayer& layer, std::vector<double> values) {
    const Shape made{layer.rows, layer.output.width, layer.output.channels};
    values.resize(std::size_t(elements(made)));
    return expect_layer(layer.name, made, values);
}

}  // namespace

std::vector<std::vector<ExpectedLayer>> expected_layers(const Graph& graph, const std::vector<Plan>& plans) {
    const Graph* run = &graph;
    Graph stored;
    if (const Element type = plans.empty() ? Element::f32 : weights_type(plans[0]); type != Element::f32) {
        stored = store_weights(lower(graph), type);
        run = &stored;
    }
    std::map<std::string, std::vector<double>> maps = named_maps(*run);
    // Copies, which no description has.
    if (run == &graph && has_other_layers(plans, maps)) maps.merge(named_maps(lower(graph)));
    std::vector<std::vector<ExpectedLayer>> expected(plans.size());
    for (std::size_t index = 0; index < plans.size(); ++index)
        for (const Stage* stage : all_stages(plans[index]))
            for (const ObservedLayer& layer : stage->layers)
                expected[index].push_back(expect(layer, maps.at(layer.name)));
    return expected;
}

}  // namespace ssdgen
