// Claims: adds become part of the layers that make their maps, concats places in the map that they make; what the
// network computes stays as it was.

#include "graph/networks.h"
#include "graph/slices.h"
#include "passes/fuse_add.h"
#include "passes/lower_concat.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"

#include <doctest/doctest.h>

#include <functional>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

LayerDescription from(LayerDescription layer, const std::vector<std::string>& inputs,
                      Activation activation = Activation::none) {
    layer.inputs = inputs;
    layer.activation = activation;
    return layer;
}

LayerDescription add(const std::string& name, const std::vector<std::string>& inputs,
                     Activation activation = Activation::none) {
    return from(layer(LayerKind::add, name, 0), inputs, activation);
}

LayerDescription concat(const std::string& name, const std::vector<std::string>& inputs) {
    return from(layer(LayerKind::concat, name, 0), inputs);
}

/// A classifier of 9x8 pixels whose first layer is "conv", of 6 channels.
Graph network(const std::vector<LayerDescription>& layers) {
    std::vector<LayerDescription> all{convolution("conv", 6, 3, 2)};
    all[0].activation = Activation::relu;
    all.insert(all.end(), layers.begin(), layers.end());
    const Description description = classifier(9, 8, 3, all);
    Graph graph = build_graph(description);
    bind_weights(graph, description, random_weights(expected_tensors(graph), 5));
    return graph;
}

/// Every map that both graphs have is the same; how many they share.
int check_same(const Graph& before, const Graph& after) {
    check_graph(after);
    const std::vector<std::uint8_t> picture = test_picture(shape_of(before, before.input));
    const auto expected = interpret(before, picture), found = interpret(after, picture);
    int shared = 0;
    for (std::size_t i = 0; i < after.tensors.size(); ++i)
        for (std::size_t j = 0; j < before.tensors.size(); ++j) {
            if (before.tensors[j].name != after.tensors[i].name) continue;
            CAPTURE(after.tensors[i].name);
            CHECK(relative_difference(expected[j], found[i]) <= 1e-12);
            ++shared;
        }
    return shared;
}

/// The names of the nodes in run order.
std::string run_order(const Graph& graph) {
    std::string names;
    for (const Node& node : graph.nodes) names += (names.empty() ? "" : " ") + node.name;
    return names;
}

std::string name_of(const Graph& graph, TensorId tensor) {
    return graph.tensors[static_cast<std::size_t>(tensor)].name;
}

}  // namespace

TEST_CASE("the later of two layers that an add takes makes the sum, with the add's activation") {
    for (const bool turned : {false, true}) {
        const std::vector<std::string> inputs =
            turned ? std::vector<std::string>{"b", "a"} : std::vector<std::string>{"a", "b"};
        const Graph graph = network({from(pointwise("a", 4), {"conv"}), from(depthwise("d", 3), {"conv"}),
                                     from(pointwise("b", 4), {"d"}), add("sum", inputs, Activation::relu6)});
        const Graph fused = fuse_add(graph);
        CHECK(run_order(fused) == "input conv a d b");
        const Node& node = node_of(fused, "b");
        REQUIRE(node.inputs.size() == 2);
        CHECK(name_of(fused, node.inputs[0]) == "d");
        CHECK(name_of(fused, node.inputs[1]) == "a");
        CHECK(name_of(fused, node.outputs[0]) == "sum");
        CHECK(activation_of(std::get<Convolution>(node.operation)) == Activation::relu6);
        CHECK(check_same(graph, fused) == static_cast<int>(fused.tensors.size()));
    }
}

TEST_CASE("a depthwise layer adds, too, and its own input at that") {
    const Graph graph = network({from(depthwise("d", 3), {"conv"}), add("sum", {"conv", "d"}, Activation::relu)});
    const Graph fused = fuse_add(graph);
    CHECK(run_order(fused) == "input conv d");
    CHECK(node_of(fused, "d").inputs[0] == node_of(fused, "d").inputs[1]);
    check_same(graph, fused);
}

TEST_CASE("a layer that makes a sum runs when what it adds is there") {
    const Graph graph =
        network({from(pointwise("early", 6), {"conv"}), from(depthwise("late", 3), {"conv"}, Activation::relu),
                 add("sum", {"early", "late"})});
    const Graph fused = fuse_add(graph);
    CHECK(run_order(fused) == "input conv late early");
    check_same(graph, fused);
}

TEST_CASE("an add stays where none of its maps comes straight from a layer that it alone reads") {
    const std::vector<std::vector<LayerDescription>> cases{
        {from(pointwise("p", 6), {"conv"}, Activation::relu), add("sum", {"conv", "p"})},          // activations
        {from(pointwise("p", 6), {"conv"}), add("one", {"conv", "p"}), add("sum", {"p", "one"})},  // read twice
        {from(pointwise("p", 6), {"conv"}), add("sum", {"p", "p"})},                               // the same map
        {from(pointwise("p", 6), {"conv"}), from(pointwise("q", 6), {"conv"}), add("sum", {"p", "q", "conv"})},
        {from(average_pool("p", 1), {"conv"}), add("sum", {"conv", "p"})},
    };
    for (const std::vector<LayerDescription>& layers : cases) {
        const Graph graph = network(layers);
        const Graph fused = fuse_add(graph);
        CHECK(run_order(fused) == run_order(graph));
        check_same(graph, fused);
    }
}

TEST_CASE("the maps of a concat become slices of it, in order; a concat of concats is one map") {
    const Graph graph =
        network({from(pointwise("a", 4), {"conv"}), from(depthwise("b", 3), {"conv"}), concat("ab", {"b", "a"}),
                 from(pointwise("c", 5), {"ab"}), concat("abc", {"c", "ab"}), pointwise("last", 3)});
    const Graph lowered = lower_concat(graph);
    CHECK(run_order(lowered) == "input conv a b c last");
    const auto place = [&](const char* tensor) { return place_in_whole(lowered, tensor_of(lowered, tensor)); };
    for (const char* tensor : {"a", "b", "c", "ab", "abc"}) CHECK(place(tensor).whole == tensor_of(lowered, "abc"));
    CHECK(place("c").first_channel == 0);
    CHECK(place("ab").first_channel == 5);
    CHECK(place("b").first_channel == 5);
    CHECK(place("a").first_channel == 11);
    CHECK(overlap(lowered, tensor_of(lowered, "ab"), tensor_of(lowered, "a")));
    CHECK_FALSE(overlap(lowered, tensor_of(lowered, "ab"), tensor_of(lowered, "c")));
    CHECK(check_same(graph, lowered) == static_cast<int>(graph.tensors.size()));
}

TEST_CASE("a map in two concats, or twice in one, is copied") {
    const Graph graph = network({concat("twice", {"conv", "conv"}), from(pointwise("p", 6), {"twice"}),
                                 concat("again", {"p", "conv"}), pointwise("conv_in_twice", 3)});
    const Graph lowered = lower_concat(graph);
    CHECK(run_order(lowered) == "input conv conv_in_twice_2 p conv_in_again conv_in_twice");
    CHECK(std::get<Add>(node_of(lowered, "conv_in_again").operation).activation == Activation::none);
    check_same(graph, lowered);
}

TEST_CASE("slices that overlap, leave channels over or are of another size are no graph") {
    const Graph graph = lower_concat(network({from(pointwise("a", 4), {"conv"}), concat("both", {"conv", "a"})}));
    check_graph(graph);
    const auto broken = [&](const std::function<void(Graph&)>& edit) {
        Graph changed = graph;
        edit(changed);
        CHECK_THROWS_AS(check_graph(changed), InternalError);
    };
    const auto tensor = [](Graph& changed, const char* name) -> Tensor& {
        return changed.tensors[static_cast<std::size_t>(tensor_of(changed, name))];
    };
    broken([&](Graph& changed) { tensor(changed, "a").slice->first_channel = 5; });
    broken([&](Graph& changed) { tensor(changed, "a").slice->first_channel = 7; });
    broken([&](Graph& changed) { tensor(changed, "both").shape.channels = 11; });
    broken([&](Graph& changed) { tensor(changed, "both").shape.height += 1; });
    broken([&](Graph& changed) { tensor(changed, "a").slice.reset(); });
    broken([&](Graph& changed) { tensor(changed, "a").slice->whole = tensor_of(changed, "a"); });
}
