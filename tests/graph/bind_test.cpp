// Claims: weights land where graph.h says, and whatever does not fit is named with what was found and expected.

#include "graph/networks.h"
#include "graph/priors.h"
#include "support/warnings.h"

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include <numeric>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// 0, 1, 2, ...
WeightTensor counting(const std::vector<int>& shape) {
    std::vector<float> values(product(shape));
    std::iota(values.begin(), values.end(), 0.0F);
    return {shape, std::move(values)};
}

Weights counting_weights(const Graph& graph) {
    Weights weights;
    weights.file = "w.safetensors";
    for (const TensorSpec& spec : expected_tensors(graph)) weights.tensors[spec.name] = counting(spec.shape);
    return weights;
}

/// conv [2][3][3][3], dw [2][1][3][3], fc [3][2 * 2 * 2] on a 4x4 picture.
Description network() {
    return classifier(4, 4, 3, {convolution("conv", 2, 3, 2), depthwise("dw", 3), fully_connected("fc", 3)});
}

std::string error_of(const Weights& weights, const Description& description = network()) {
    return input_error([&] {
        Graph graph = build_graph(description);
        bind_weights(graph, description, weights);
    });
}

Weights good_weights(const Description& description = network()) { return counting_weights(build_graph(description)); }

void add_batch_norm(Weights& weights, const std::string& layer, int channels) {
    for (const char* part : {"mean", "variance", "gamma", "beta"})
        weights.tensors[layer + ".batch_norm." + part] = counting({channels});
}

}  // namespace

TEST_CASE("the tensors that a graph expects") {
    const std::vector<TensorSpec> specs = expected_tensors(build_graph(network()));
    REQUIRE(specs.size() == 6);
    CHECK(specs[0].name == "conv.weight");
    CHECK(specs[0].shape == std::vector<int>{2, 3, 3, 3});
    CHECK(specs[0].fan_in == 27);
    CHECK(specs[1].name == "conv.bias");
    CHECK(specs[1].shape == std::vector<int>{2});
    CHECK(specs[1].fan_in == 0);
    CHECK(specs[2].shape == std::vector<int>{2, 1, 3, 3});
    CHECK(specs[2].fan_in == 9);
    CHECK(specs[4].name == "fc.weight");
    CHECK(specs[4].shape == std::vector<int>{3, 8});
}

TEST_CASE("weights are turned into channels last") {
    const Description description = network();
    Graph graph = build_graph(description);
    bind_weights(graph, description, counting_weights(graph));
    const auto& conv = std::get<Convolution>(graph.nodes[1].operation);
    // [out][in][kh][kw] at (1, 2, 0, 1) is 27 + 18 + 1; [out][kh][kw][in] at (1, 0, 1, 2) is 27 + 3 + 2.
    CHECK(conv.weights.values()[27 + 3 + 2] == 27 + 18 + 1);
    CHECK(conv.bias.values() == std::vector<float>{0, 1});
    const auto& dw = std::get<Depthwise>(graph.nodes[2].operation);
    CHECK(dw.weights.values()[5 * 2 + 1] == 9 + 5);  // tap 5 of channel 1
    const auto& fc = std::get<FullyConnected>(graph.nodes[3].operation);
    CHECK(fc.weights.values()[2 * 8 + 3 * 2 + 1] == 2 * 8 + 1 * 4 + 3);  // output 2, channel 1, pixel (1, 1)
}

TEST_CASE("missing, surplus, wrongly shaped and endless values") {
    Weights weights = good_weights();
    weights.tensors.erase("dw.bias");
    CHECK(error_of(weights) == "w.safetensors: dw.bias: found none; allowed: [2]");
    weights = good_weights();
    weights.tensors["dw.weight"] = counting({4, 1, 3, 3});
    CHECK(error_of(weights) == "w.safetensors: dw.weight: found [4,1,3,3]; allowed: [2,1,3,3]");
    weights = good_weights();
    weights.tensors["conv9.weight"] = counting({2, 2});
    CHECK(error_of(weights) ==
          "w.safetensors: conv9.weight: found [2,2]; allowed: no such tensor, no layer of net takes it");
    weights = good_weights();
    weights.tensors["conv1/weight"] = std::move(weights.tensors["conv.weight"]);
    weights.tensors.erase("conv.weight");
    weights.tensors.erase("dw.bias");
    weights.tensors["fc.weight"] = counting({3, 9});
    CHECK(error_of(weights) ==
          "w.safetensors: does not fit net in 4 tensors:\n"
          "  conv.weight: found none, but \"conv1/weight\"; allowed: [2,3,3,3]\n"
          "  dw.bias: found none; allowed: [2]\n"
          "  fc.weight: found [3,9]; allowed: [3,8]\n"
          "  conv1/weight: found [2,3,3,3]; allowed: no such tensor, no layer of net takes it");
    weights = good_weights();
    weights.tensors["fc.weight"].floats()[5] = INFINITY;
    CHECK(error_of(weights) == "w.safetensors: fc.weight: found inf at position 5; allowed: finite values");
    weights.tensors["fc.weight"].floats()[5] = NAN;
    CHECK(error_of(weights) == "w.safetensors: fc.weight: found nan at position 5; allowed: finite values");
}

TEST_CASE("batch norm: with an epsilon only, whole, its variance not negative, the bias optional beside it") {
    Description description = network();
    Weights weights = good_weights();
    add_batch_norm(weights, "dw", 2);
    CHECK(error_of(weights, description) ==
          "net.json: /batch_norm: missing, but w.safetensors has batch norm tensors of dw; allowed: \"batch_norm\": "
          "{\"epsilon\": 1e-05} beside \"input\", with the epsilon of the training (Caffe's usual one is 1e-05, "
          "TensorFlow's 0.001)");
    description.batch_norm_epsilon = 1e-3F;
    CHECK(error_of(weights, description).empty());
    weights.tensors.erase("dw.bias");
    CHECK(error_of(weights, description).empty());
    Graph graph = build_graph(description);
    bind_weights(graph, description, weights);
    const auto& dw = std::get<Depthwise>(graph.nodes[2].operation);
    CHECK(dw.bias.values() == std::vector<float>{0, 0});
    REQUIRE(dw.batch_norm);
    CHECK(dw.batch_norm->epsilon == 1e-3F);
    CHECK_FALSE(std::get<Convolution>(graph.nodes[1].operation).batch_norm);

    weights.tensors["dw.batch_norm.variance"].floats()[1] = -0.0005F;
    CHECK(
        error_of(weights, description) ==
        "w.safetensors: dw.batch_norm.variance: found -0.0005 at position 1; allowed: 0 or more, with epsilon above 0");
    weights.tensors.erase("dw.batch_norm.gamma");
    CHECK(error_of(weights, description) == "w.safetensors: dw.batch_norm.gamma: found none; allowed: [2]");
    weights = good_weights();
    add_batch_norm(weights, "fc", 3);
    CHECK(error_of(weights, description) ==
          "w.safetensors: does not fit net in 4 tensors:\n"
          "  fc.batch_norm.beta: found [3]; allowed: no such tensor, no layer of net takes it\n"
          "  fc.batch_norm.gamma: found [3]; allowed: no such tensor, no layer of net takes it\n"
          "  fc.batch_norm.mean: found [3]; allowed: no such tensor, no layer of net takes it\n"
          "  fc.batch_norm.variance: found [3]; allowed: no such tensor, no layer of net takes it");
}

TEST_CASE("a table of priors is bound, and has to have a row a prior") {
    const Description description = detector(4, 4, {convolution("a", 4, 3, 2)}, {"a"}, 3);
    Weights weights = good_weights(description);
    CHECK(weights.tensors.at("priors").shape == std::vector<int>{8, 4});
    Graph graph = build_graph(description);
    bind_weights(graph, description, weights);
    CHECK(prior_box(*graph.head, 2) == std::array<float, 4>{8, 9, 10, 11});
    weights.tensors["priors"] = counting({9, 4});
    CHECK(error_of(weights, description) == "w.safetensors: priors: found [9,4]; allowed: [8,4]");
    weights.tensors.erase("priors");
    CHECK(error_of(weights, description) == "w.safetensors: priors: found none; allowed: [8,4]");
}

TEST_CASE("a table of priors without sizes, outside the picture or of corners") {
    const Description description = detector(4, 4, {convolution("a", 4, 3, 2)}, {"a"}, 3);
    Weights weights = good_weights(description);
    std::vector<float>& table = weights.tensors["priors"].floats();
    const auto warnings_of = [&] {
        take_warnings();
        CHECK(error_of(weights, description) == "");
        return take_warnings();
    };
    // The cells of a 2x2 map, with a box of 0.25x0.25 and one of 0.875x0.375 in each: a size above a centre is no
    // corner.
    table.clear();
    for (const float y : {0.25F, 0.75F})
        for (const float x : {0.25F, 0.75F})
            for (const auto& [height, width] : {std::pair{0.25F, 0.25F}, std::pair{0.875F, 0.375F}})
                table.insert(table.end(), {y, x, height, width});
    const std::vector<float> good = table;
    CHECK(warnings_of().empty());
    table[2] = 0;
    table[7] = -0.375F;
    CHECK(warnings_of() ==
          std::vector<std::string>{
              "w.safetensors: priors: found 2 of 8 priors without a size above 0, row 0 (0.25 0.25 0 0.25) the first; "
              "their boxes are empty or inverted, and a row is centre y, centre x, height, width, relative to "
              "the picture"});
    table = good;
    table[28] = 75;
    CHECK(warnings_of() ==
          std::vector<std::string>{"w.safetensors: priors: found 1 of 8 priors with the centre outside the picture, "
                                   "row 7 (75 0.75 0.875 0.375) "
                                   "the first; a row is centre y, centre x, height, width, relative to the picture"});
    table.clear();
    for (std::size_t i = 0; i < good.size(); i += 4)
        table.insert(table.end(), {good[i] - good[i + 2] / 2, good[i + 1] - good[i + 3] / 2, good[i] + good[i + 2] / 2,
                                   good[i + 1] + good[i + 3] / 2});
    CHECK(warnings_of() == std::vector<std::string>{"w.safetensors: priors: found rows that look like corners, row 0 "
                                                    "(0.125 0.125 0.375 0.375) the first; a row "
                                                    "is centre y, centre x, height, width, relative to the picture"});
    table.assign(32, 0);
    CHECK(error_of(weights, description) ==
          "w.safetensors: priors: found a table of zeros, with which every box is empty; allowed: the priors of the "
          "training, a row is "
          "centre y, centre x, height, width, relative to the picture");
}

TEST_CASE("a table beside computed priors has to agree with them, if it has their count") {
    const Description description = config("mobilenet_ssd_coco");
    const Graph graph = build_graph(description);
    Weights weights = random_weights(expected_tensors(graph), 1);
    weights.file = "w.safetensors";
    WeightTensor& table = weights.tensors["priors"];
    table.shape = {1917, 4};
    for (int i = 0; i < 1917; ++i)
        for (const float value : prior_box(*graph.head, i)) table.floats().push_back(value + 0.009F);
    CHECK(error_of(weights, description).empty());
    for (std::size_t i = 0; i < 4; ++i) table.floats()[7 * 4 + i] = 2;
    CHECK(error_of(weights, description) ==
          fmt::format(
              "w.safetensors: priors: found 2 2 2 2 in row 7; allowed: {} within 0.01, as the description computes it",
              fmt::join(prior_box(*graph.head, 7), " ")));
    table.floats().resize(40);
    table.shape = {10, 4};
    CHECK(error_of(weights, description).empty());  // made for another input size
    table.shape = {4, 10};
    CHECK(error_of(weights, description) == "w.safetensors: priors: found [4,10]; allowed: [1917,4]");
}

TEST_CASE("maps and weights are bound as they are stored; a map of no layer is surplus") {
    const Description description = network();
    Weights weights = good_weights();
    weights.tensors["dw.weight"] = {
        {2, 1, 3, 3}, std::vector<std::int8_t>(18, 5), Quantization{{0.5F, 0.25F}, {1, 2}, 0}};
    weights.maps["conv"] = {Element::u8, {{0.5F}, {3}, -1}};
    weights.maps["input"] = {Element::s8, {{0.25F}, {-128}, -1}};
    Graph graph = build_graph(description);
    bind_weights(graph, description, weights);
    const auto& dw = std::get<Depthwise>(graph.nodes[2].operation);
    CHECK(dw.weights.element() == Element::s8);
    CHECK(dw.weights.shape == std::vector<int>{3, 3, 2});
    CHECK(dw.weights.quantization->axis == 2);
    CHECK(dw.weights.values()[4] == 2);
    CHECK(dw.weights.values()[5] == 0.75F);
    CHECK(graph.tensors[0].element == Element::u8);  // the picture's bytes themselves
    CHECK_FALSE(graph.tensors[0].quantization);
    CHECK(graph.tensors[1].element == Element::s8);
    CHECK(*graph.tensors[1].quantization == Quantization{{0.25F}, {-128}, -1});
    CHECK(graph.tensors[2].element == Element::u8);
    CHECK(*graph.tensors[2].quantization == Quantization{{0.5F}, {3}, -1});
    CHECK(graph.tensors[3].element == Element::f32);

    weights.maps["conv9"] = weights.maps["conv"];
    CHECK(error_of(weights) ==
          "w.safetensors: conv9.output_scale: found [1]; allowed: no such map, net has no such layer");
}

TEST_CASE("a scale that makes a value without end is refused with the tensor's name") {
    Weights weights = good_weights();
    weights.tensors["fc.bias"] = {{3}, std::vector<std::int32_t>{0, 0, 1 << 30}, Quantization{{1e38F}, {0}, -1}};
    CHECK(error_of(weights) == "w.safetensors: fc.bias: found inf at position 2; allowed: finite values");
}
