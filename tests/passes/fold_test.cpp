// Claims: every pass leaves what the network computes as it was, with weights and without.

#include "graph/networks.h"
#include "passes/fold_batch_norm.h"
#include "passes/fold_input_normalisation.h"
#include "passes/join_heads.h"
#include "passes/lower.h"
#include "passes/lower_fully_connected.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Maps = std::vector<std::vector<double>>;

Maps run(const Graph& graph) { return interpret(graph, test_picture(shape_of(graph, graph.input))); }

/// The tensors that both graphs have differ by at most this share of their largest value.
void check_same(const Graph& before, const Graph& after, double tolerance) {
    const Maps expected = run(before);
    const Maps found = run(after);
    for (std::size_t i = 0; i < after.tensors.size(); ++i) {
        CAPTURE(after.tensors[i].name);
        const auto id = static_cast<std::size_t>(tensor_of(before, after.tensors[i].name));
        CHECK(relative_difference(expected[id], found[i]) <= tolerance);
    }
}

std::vector<LayerDescription> layers() {
    LayerDescription first = convolution("conv", 5, 3, 2);
    first.activation = Activation::relu6;
    LayerDescription second = depthwise("dw", 3);
    second.activation = Activation::relu;
    return {first, second, pointwise("pw", 7)};
}

Description normalised(Description description) {
    description.input.mean = {100, 110.5F, 127.25F};
    description.input.scale = {0.0078125F, 0.017F, 0.01F};
    return description;
}

/// Random weights with a batch norm on conv and dw, whose variances are positive.
Graph with_batch_norm() {
    Description description = normalised(classifier(9, 8, 3, layers()));
    description.backbone.push_back(fully_connected("fc", 4));
    description.batch_norm_epsilon = 1e-3F;
    Graph graph = build_graph(description);
    std::vector<TensorSpec> specs = expected_tensors(graph);
    for (const char* layer : {"conv", "dw"})
        for (const char* part : {"mean", "variance", "gamma", "beta"})
            specs.push_back({std::string(layer) + ".batch_norm." + part, {5}, 0});
    Weights weights = random_weights(specs, 3);
    for (auto& [name, tensor] : weights.tensors)
        if (name.find("variance") != std::string::npos)
            for (float& value : tensor.floats()) value = value * value + 0.01F;
    bind_weights(graph, description, weights);
    return graph;
}

Graph small_detector(int kernel) {
    return with_random_weights(normalised(detector(9, 8, layers(), {"pw", "conv"}, 3, kernel)));
}

}  // namespace

TEST_CASE("a folded batch norm computes what it computed unfolded") {
    const Graph graph = with_batch_norm();
    const Graph folded = fold_batch_norm(graph);
    check_graph(folded);
    CHECK_FALSE(std::get<Convolution>(node_of(folded, "conv").operation).batch_norm);
    CHECK_FALSE(std::get<Depthwise>(node_of(folded, "dw").operation).batch_norm);
    check_same(graph, folded, 1e-6);
}

TEST_CASE("a batch norm by hand: (w x + b - mean) * gamma / sqrt(variance + epsilon) + beta") {
    Description description = classifier(1, 1, 1, {convolution("conv", 1, 1)});
    description.batch_norm_epsilon = 1.0F;
    Graph graph = build_graph(description);
    Weights weights;
    const auto put = [&](const std::string& name, std::vector<int> shape, float value) {
        weights.tensors["conv." + name] = {std::move(shape), {value}};
    };
    put("weight", {1, 1, 1, 1}, 2);
    put("bias", {1}, 1);
    put("batch_norm.mean", {1}, 5);
    put("batch_norm.variance", {1}, 3);
    put("batch_norm.gamma", {1}, 6);
    put("batch_norm.beta", {1}, 10);
    bind_weights(graph, description, weights);
    CHECK(interpret(graph, {7})[2] == std::vector<double>{(2 * 7 + 1 - 5) * 3 + 10});
    const Graph folded = fold_batch_norm(graph);
    const auto& conv = std::get<Convolution>(folded.nodes[1].operation);
    CHECK(conv.weights.values() == std::vector<float>{6});
    CHECK(conv.bias.values() == std::vector<float>{-2});
}

TEST_CASE("a batch norm that leaves no finite weight is refused") {
    Graph graph = with_batch_norm();
    std::get<Convolution>(graph.nodes[1].operation).batch_norm->gamma[0] = 3e38F;
    std::get<Convolution>(graph.nodes[1].operation).weights.floats()[0] = 10;
    CHECK(
        input_error([&] { fold_batch_norm(graph); }) ==
        "net.json: /backbone/0: conv: found a batch norm that makes weights of inf; allowed: finite weights once it is "
        "folded");
}

TEST_CASE("the folded input normalisation is exact where the numbers are, and its padding stays zero") {
    Description description = classifier(9, 8, 3, layers());
    description.backbone.push_back(fully_connected("fc", 4));
    description.input.mean = {128, 127.5F, 100};
    description.input.scale = {0.0078125F, 0.5F, 2};
    const Graph graph = with_random_weights(description);
    const Graph folded = fold_input_normalisation(graph);
    check_graph(folded);
    CHECK(folded.nodes[0].name == "conv");
    CHECK(folded.tensors.size() == graph.tensors.size() - 1);
    CHECK(std::get<Convolution>(folded.nodes[0].operation).input_mean == description.input.mean);
    check_same(graph, folded, 0);
}

TEST_CASE("a picture of the mean alone gives the bias everywhere, the border included") {
    Description description = classifier(5, 5, 3, {convolution("conv", 2, 3), average_pool("pool", 0)});
    description.input.mean = {10, 20, 30};
    description.input.scale = {0.1F, 0.2F, 0.3F};
    const Graph folded = fold_input_normalisation(with_random_weights(description));
    std::vector<std::uint8_t> picture;
    for (int i = 0; i < 25; ++i) picture.insert(picture.end(), {10, 20, 30});
    const auto& conv = std::get<Convolution>(folded.nodes[0].operation);
    const std::vector<double> output = interpret(folded, picture)[static_cast<std::size_t>(tensor_of(folded, "conv"))];
    REQUIRE(output.size() == 50);
    for (std::size_t i = 0; i < output.size(); ++i) CHECK(output[i] == conv.bias.floats()[i % 2]);
}

TEST_CASE("a first layer that is no convolution is refused") {
    const Graph graph = build_graph(classifier(4, 4, 3, {depthwise("dw", 3), fully_connected("fc", 2)}));
    CHECK(input_error([&] { fold_input_normalisation(graph); }) ==
          "net.json: /backbone/0: dw: found a first layer of another kind; allowed: the first layer has to be a "
          "convolution");
}

TEST_CASE("a fully connected layer is a convolution as large as the map") {
    const Graph graph = with_batch_norm();
    const Graph lowered = lower_fully_connected(graph);
    check_graph(lowered);
    const auto& fc = std::get<Convolution>(node_of(lowered, "fc").operation);
    CHECK(fc.window.rows.kernel == 5);
    CHECK(fc.window.columns.kernel == 4);
    check_same(graph, lowered, 0);
}

TEST_CASE("joined heads compute what they computed apart") {
    for (const int kernel : {1, 3}) {
        const Graph graph = small_detector(kernel);
        const Graph joined = join_heads(graph);
        check_graph(joined);
        CHECK(joined.nodes.size() == graph.nodes.size() - 2);
        const Node& node = node_of(joined, "pw_mbox");
        CHECK(node.outputs == std::vector<TensorId>{joined.head->sources[0].boxes, joined.head->sources[0].logits});
        CHECK(macs(joined, node) ==
              macs(graph, node_of(graph, "pw_mbox_loc")) + macs(graph, node_of(graph, "pw_mbox_conf")));
        check_same(graph, joined, 0);
    }
}

TEST_CASE("all passes together, with weights and without") {
    for (const Graph& graph : {with_batch_norm(), small_detector(1), small_detector(3)}) {
        std::vector<std::string> passes;
        const Graph lowered = lower(graph, [&](const char* pass, const Graph&) { passes.push_back(pass); });
        CHECK(passes == std::vector<std::string>{"dequantize", "fold_batch_norm", "lower_fully_connected",
                                                 "fold_input_normalisation", "fuse_add", "lower_concat", "join_heads"});
        check_same(graph, lowered, 1e-6);
    }
    for (const char* name : {"mobilenet_ssd_voc", "mobilenet_ssd_coco", "mobilenet_v1_imagenet"}) {
        const Graph graph = build_graph(config(name), {0.25, 0.5});
        const Graph lowered = lower(graph);
        CHECK(total_macs(lowered) == total_macs(graph));
        CHECK(total_parameters(lowered) == total_parameters(graph));
        CHECK(lowered.nodes.size() == graph.nodes.size() - (graph.head ? 7 : 1));
    }
}

TEST_CASE("a classifier that is one fully connected layer on the picture") {
    const Graph graph = with_random_weights(normalised(classifier(3, 2, 3, {fully_connected("fc", 4)})));
    check_same(graph, lower(graph), 1e-6);
}
