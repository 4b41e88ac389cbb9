#include "pipeline/expected_layers.h"

#include "graph/shapes.h"
#include "passes/lower.h"
#include "passes/store_weights.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"

#include <map>
#include <string>

namespace ssdgen {

std::vector<std::vector<ExpectedLayer>> expected_layers(const Graph& graph, const std::vector<Plan>& plans) {
    const Graph* run = &graph;
    Graph stored;
    if (const Element type = plans.empty() ? Element::f32 : weights_type(plans[0]); type != Element::f32) {
        stored = store_weights(lower(graph), type);
        run = &stored;
    }
    const auto values = interpret(*run, test_picture(shape_of(*run, run->input)));
    std::map<std::string, std::size_t> tensors;
    for (std::size_t id = 0; id < run->tensors.size(); ++id) tensors[run->tensors[id].name] = id;
    std::vector<std::vector<ExpectedLayer>> expected(plans.size());
    for (std::size_t index = 0; index < plans.size(); ++index)
        for (const Stage* stage : all_stages(plans[index]))
            for (const ObservedLayer& layer : stage->layers)
                expected[index].push_back(expect_layer(layer.name, layer.output, values[tensors.at(layer.name)]));
    return expected;
}

}  // namespace ssdgen
