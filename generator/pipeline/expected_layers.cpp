#include "pipeline/expected_layers.h"

#include "reference/interpreter.h"
#include "reference/test_picture.h"

#include <map>
#include <string>

namespace ssdgen {

std::vector<ExpectedLayer> expected_layers(const Graph& graph, const Plan& plan) {
    const auto values = interpret(graph, test_picture(plan.input));
    std::map<std::string, std::size_t> tensors;
    for (std::size_t id = 0; id < graph.tensors.size(); ++id) tensors[graph.tensors[id].name] = id;
    std::vector<ExpectedLayer> expected;
    for (const Stage* stage : all_stages(plan))
        for (const ObservedLayer& layer : stage->layers)
            expected.push_back(expect_layer(layer.name, layer.output, values[tensors.at(layer.name)]));
    return expected;
}

}  // namespace ssdgen
