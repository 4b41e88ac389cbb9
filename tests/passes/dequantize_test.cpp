// Claims: dequantize leaves f32 alone and what the network means as it was.

#include "passes/dequantize.h"

#include "graph/networks.h"
#include "passes/lower.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// A layer of each kind with weights: bytes with a scale an output, halves, and 32-bit biases; quantized maps.
Graph quantized() {
    const Description description =
        classifier(4, 4, 1, {convolution("conv", 2, 1), depthwise("dw", 1), fully_connected("fc", 1)});
    Graph graph = build_graph(description);
    Weights weights;
    auto& tensors = weights.tensors;
    tensors["conv.weight"] = {{2, 1, 1, 1}, std::vector<std::uint8_t>{130, 1}, Quantization{{0.5F, 2}, {128, 0}, 0}};
    tensors["conv.bias"] = {{2}, std::vector<std::int32_t>{-3, 7}, Quantization{{0.25F}, {0}, -1}};
    tensors["dw.weight"] = {{2, 1, 1, 1}, std::vector<std::int8_t>{-128, 3}, Quantization{{0.125F, 4}, {-1, 1}, 0}};
    tensors["dw.bias"] = {{2}, std::vector<BFloat16>{{0x3FC0}, {0xBFC0}}};  // 1.5, -1.5
    tensors["fc.weight"] = {{1, 32}, std::vector<Half>(32, {0x3C00})};      // 1
    tensors["fc.bias"] = {{1}, {0.1F}};
    weights.maps["conv"] = {Element::u8, {{0.5F}, {3}, -1}};
    weights.maps["input"] = {Element::s8, {{1}, {-128}, -1}};
    bind_weights(graph, description, weights);
    return graph;
}

}  // namespace

TEST_CASE("weights become what they mean, and maps real numbers; the picture stays bytes") {
    const Graph graph = dequantize(quantized());
    const auto& conv = std::get<Convolution>(graph.nodes[1].operation);
    CHECK(conv.weights.floats() == std::vector<float>{1, 2});
    CHECK(conv.bias.floats() == std::vector<float>{-0.75F, 1.75F});
    const auto& dw = std::get<Depthwise>(graph.nodes[2].operation);
    CHECK(dw.weights.floats() == std::vector<float>{-15.875F, 8});
    CHECK(dw.bias.floats() == std::vector<float>{1.5F, -1.5F});
    CHECK(std::get<FullyConnected>(graph.nodes[3].operation).weights.floats() == std::vector<float>(32, 1));
    for (const Tensor& tensor : graph.tensors) {
        CAPTURE(tensor.name);
        CHECK(tensor.element == (tensor.name == "input" ? Element::u8 : Element::f32));
        CHECK_FALSE(tensor.quantization);
    }
}

TEST_CASE("the picture's mean and scale are those that its map states, whatever the description says") {
    const Description description = classifier(2, 2, 3, {convolution("conv", 1, 1), fully_connected("fc", 1)});
    Graph graph = build_graph(description);
    Weights weights = random_weights(expected_tensors(graph), 1);
    weights.maps["input"] = {Element::s8, {{0.25F}, {-3}, -1}};
    bind_weights(graph, description, weights);
    const Graph real = dequantize(graph);
    CHECK(std::get<Normalise>(real.nodes[0].operation).mean == std::vector<float>(3, 125.0F));
    CHECK(std::get<Normalise>(real.nodes[0].operation).scale == std::vector<float>(3, 0.25F));
    Graph plain = build_graph(description);
    weights.maps.clear();
    bind_weights(plain, description, weights);
    CHECK(std::get<Normalise>(dequantize(plain).nodes[0].operation).scale == std::vector<float>(3, 1.0F));
}

TEST_CASE("a quantized graph computes the same before and after, and lowered") {
    const Graph graph = quantized();
    const std::vector<std::uint8_t> picture = test_picture(shape_of(graph, graph.input));
    const auto before = interpret(graph, picture);
    CHECK(before == interpret(dequantize(graph), picture));
    const Graph lowered = lower(graph);
    CHECK(interpret(lowered, picture).back() == before.back());
}

TEST_CASE("what computes with floats refuses a tensor that is not dequantised") {
    const Graph graph = quantized();
    CHECK_THROWS_AS(std::get<Convolution>(graph.nodes[1].operation).weights.floats(), InternalError);
    CHECK(std::get<FullyConnected>(graph.nodes[3].operation).bias.floats() == std::vector<float>{0.1F});
}
