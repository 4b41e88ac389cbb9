#include "pipeline/expected_layers.h"

#include "graph/shapes.h"
#include "graph/stored_range.h"
#include "passes/lower.h"
#include "passes/store_weights.h"
#include "reference/integer_interpreter.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"
#include "support/error.h"

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

using NamedMaps = std::map<std::string, std::vector<double>>;

std::vector<std::vector<ExpectedLayer>> expect_all(const std::vector<Plan>& plans, const NamedMaps& maps) {
    std::vector<std::vector<ExpectedLayer>> expected(plans.size());
    for (std::size_t index = 0; index < plans.size(); ++index)
        for (const Stage* stage : all_stages(plans[index]))
            for (const ObservedLayer& layer : stage->layers)
                expected[index].push_back(expect(layer, maps.at(layer.name)));
    return expected;
}

/// The numbers of a list that a map is joined to; the map's own if these mean the same.
std::vector<double> joined(const StoredValues& values, const Tensor& from, const StoredRange& to) {
    const StoredRange own = stored_range(from);
    std::vector<double> numbers;
    for (const std::int32_t value : values) numbers.push_back(rescaled(value, own, to));
    return numbers;
}

const Tensor& tensor_of(const Graph& graph, const std::string& name) {
    for (const Tensor& tensor : graph.tensors)
        if (tensor.name == name) return tensor;
    throw InternalError("internal error: broken invariant: a map has a tensor: " + name);
}

/// The list that a map of a lowered graph is joined to, or else its own range.
StoredRange list_of(const Graph& lowered, const Tensor& map) {
    if (lowered.head)
        for (const HeadSource& source : lowered.head->sources) {
            if (&lowered.tensors[std::size_t(source.boxes)] == &map) return stored_range(*lowered.head->stored.boxes);
            if (&lowered.tensors[std::size_t(source.logits)] == &map) return stored_range(*lowered.head->stored.logits);
        }
    return stored_range(map);
}

/// What the maps of a graph of whole numbers hold, as u8.
NamedMaps whole_maps(const Graph& graph, const Graph& lowered) {
    const std::vector<StoredValues> values =
        interpret_integers(graph, test_picture(shape_of(graph, graph.input)), *lowered.requantization);
    std::map<std::string, StoredValues> stored;
    for (std::size_t id = 0; id < values.size(); ++id) {
        StoredValues& numbers = stored[graph.tensors[id].name] = values[id];
        if (graph.tensors[id].element != Element::s8) continue;
        for (std::int32_t& number : numbers) number += 128;
    }
    NamedMaps maps;
    for (const Node& node : lowered.nodes)
        for (const TensorId output : node.outputs) {
            const Tensor& map = lowered.tensors[std::size_t(output)];
            // A copy, which no description has, holds what it copies.
            const bool is_copy = stored.count(map.name) == 0;
            const Tensor& from = is_copy ? lowered.tensors[std::size_t(node.inputs[0])] : map;
            maps[map.name] = joined(stored.at(from.name), tensor_of(lowered, from.name), list_of(lowered, map));
        }
    return maps;
}

}  // namespace

std::vector<std::vector<ExpectedLayer>> expected_layers(const Graph& graph, const Graph& lowered,
                                                        const std::vector<Plan>& plans) {
    if (lowered.requantization) return expect_all(plans, whole_maps(graph, lowered));
    const Graph* run = &graph;
    Graph stored;
    if (const Element type = plans.empty() ? Element::f32 : weights_type(plans[0]); type != Element::f32) {
        stored = store_weights(lower(graph), type);
        run = &stored;
    }
    std::map<std::string, std::vector<double>> maps = named_maps(*run);
    // Copies, which no description has.
    if (run == &graph && has_other_layers(plans, maps)) maps.merge(named_maps(lower(graph)));
    return expect_all(plans, maps);
}

}  // namespace ssdgen
