// Claims: the interpreter computes what the operations are defined to be, worked by hand, and what a plain formula
// says.

#include "reference/interpreter.h"

#include "graph/networks.h"
#include "reference/test_picture.h"

#include <doctest/doctest.h>

#include <map>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Values = std::vector<double>;
using Picture = std::vector<std::uint8_t>;

/// Binds tensors given by name, then gives the output called `name`.
Values output_of(const Description& description, const std::map<std::string, std::vector<float>>& tensors,
                 const Picture& picture, const std::string& name) {
    Graph graph = build_graph(description);
    Weights weights;
    weights.file = "w";
    for (const TensorSpec& spec : expected_tensors(graph))
        weights.tensors[spec.name] = {spec.shape, tensors.at(spec.name)};
    bind_weights(graph, description, weights);
    return interpret(graph, picture)[static_cast<std::size_t>(tensor_of(graph, name))];
}

/// One convolution output by the textbook's formula, on the output of another layer.
double textbook(const Convolution& layer, const Values& input, const Shape& from, int y, int x, int output) {
    const Window& window = layer.window;
    double sum = layer.bias.floats()[static_cast<std::size_t>(output)];
    for (int ky = 0; ky < window.rows.kernel; ++ky)
        for (int kx = 0; kx < window.columns.kernel; ++kx)
            for (int c = 0; c < from.channels; ++c) {
                const int in_y = y * window.rows.stride + ky * window.rows.dilation - window.rows.before;
                const int in_x = x * window.columns.stride + kx * window.columns.dilation - window.columns.before;
                if (in_y < 0 || in_x < 0 || in_y >= from.height || in_x >= from.width) continue;
                const int weight =
                    ((output * window.rows.kernel + ky) * window.columns.kernel + kx) * from.channels + c;
                sum += input[static_cast<std::size_t>((in_y * from.width + in_x) * from.channels + c)] *
                       layer.weights.floats()[static_cast<std::size_t>(weight)];
            }
    return sum;
}

}  // namespace

TEST_CASE("a 3x3 convolution with padding by hand") {
    // Picture 1 2 / 3 4; weights 1 to 9; each output sees all four pixels through another part of the window.
    const Description description = classifier(2, 2, 1, {convolution("conv", 1, 3), fully_connected("fc", 1)});
    const Values output = output_of(description,
                                    {{"conv.weight", {1, 2, 3, 4, 5, 6, 7, 8, 9}},
                                     {"conv.bias", {0.5F}},
                                     {"fc.weight", {1, 1, 1, 1}},
                                     {"fc.bias", {0}}},
                                    {1, 2, 3, 4}, "conv");
    CHECK(output == Values{5 * 1 + 6 * 2 + 8 * 3 + 9 * 4 + 0.5, 4 * 1 + 5 * 2 + 7 * 3 + 8 * 4 + 0.5,
                           2 * 1 + 3 * 2 + 5 * 3 + 6 * 4 + 0.5, 1 * 1 + 2 * 2 + 4 * 3 + 5 * 4 + 0.5});
}

TEST_CASE("SAME padding of a stride-2 window on an even size lies after") {
    LayerDescription same = convolution("conv", 1, 3, 2);
    same.padding = PaddingRule::same;
    const Description description = classifier(2, 2, 1, {same, softmax("prob")});
    CHECK(output_of(description, {{"conv.weight", {1, 2, 3, 4, 5, 6, 7, 8, 9}}, {"conv.bias", {0}}}, {1, 2, 3, 4},
                    "conv") == Values{1 * 1 + 2 * 2 + 4 * 3 + 5 * 4});
}

TEST_CASE("a depthwise keeps its channels apart") {
    const Description description = classifier(1, 2, 3, {depthwise("dw", 3), average_pool("pool", 0)});
    std::vector<float> weights(27, 0.0F);
    weights[4] = 2;       // channel 0: the pixel itself
    weights[9 + 5] = 3;   // channel 1: the pixel to the right
    weights[18 + 3] = 4;  // channel 2: the pixel to the left
    const std::map<std::string, std::vector<float>> tensors{{"dw.weight", weights}, {"dw.bias", {100, 200, 300}}};
    const Picture picture{1, 2, 3, 4, 5, 6};
    CHECK(output_of(description, tensors, picture, "dw") == Values{102, 215, 300, 108, 200, 312});
    CHECK(output_of(description, tensors, picture, "pool") == Values{105, 207.5, 306});
}

TEST_CASE("a fully connected layer numbers its inputs as channel, y, x") {
    const Description description = classifier(1, 2, 3, {fully_connected("fc", 1)});
    CHECK(output_of(description, {{"fc.weight", {1, 10, 100, 1000, 10000, 100000}}, {"fc.bias", {7}}},
                    {1, 2, 3, 4, 5, 6},
                    "fc") == Values{1 * 1 + 10 * 4 + 100 * 2 + 1000 * 5 + 10000 * 3 + 100000 * 6 + 7});
}

TEST_CASE("activations, normalisation, a pool with a stride, softmax") {
    Description description = classifier(1, 3, 1, {pointwise("a", 1)});
    description.input.mean = {10};
    description.input.scale = {0.5F};
    description.backbone[0].activation = Activation::relu6;
    description.backbone.push_back(average_pool("pool", 1, 2));
    description.backbone.push_back(fully_connected("fc", 2));
    description.backbone.push_back(softmax("prob"));
    const std::map<std::string, std::vector<float>> tensors{
        {"a.weight", {1}}, {"a.bias", {0}}, {"fc.weight", {1, 0, 0, 1}}, {"fc.bias", {0, 0}}};
    const Picture picture{8, 14, 40};
    CHECK(output_of(description, tensors, picture, "input/normalised") == Values{-1, 2, 15});
    CHECK(output_of(description, tensors, picture, "a") == Values{0, 2, 6});
    CHECK(output_of(description, tensors, picture, "pool") == Values{0, 6});
    const Values scores = output_of(description, tensors, picture, "prob");
    REQUIRE(scores.size() == 2);
    CHECK(scores[0] == doctest::Approx(1 / (1 + std::exp(6.0))));
    CHECK(scores[1] == doctest::Approx(1 / (1 + std::exp(-6.0))));
    description.backbone[0].activation = Activation::relu;
    CHECK(output_of(description, tensors, picture, "a") == Values{0, 2, 15});
}

TEST_CASE("a softmax of large logits does not overflow") {
    const Description description = classifier(1, 1, 1, {pointwise("a", 2), softmax("prob")});
    CHECK(output_of(description, {{"a.weight", {100, 100}}, {"a.bias", {0, 0}}}, {255}, "prob") == Values{0.5, 0.5});
}

TEST_CASE("blocks of outputs and pairs of pixels: every count less than, equal to and greater than the tile") {
    for (const int outputs : {1, 7, 8, 9, 16, 17})
        for (const int width : {1, 2, 3, 6})
            for (const int stride : {1, 2}) {
                CAPTURE(outputs);
                CAPTURE(width);
                LayerDescription dilated = convolution("conv", outputs, {3, 2}, {1, stride});
                dilated.dilation = {2, 1};
                dilated.pad = Pads{2, 1, 3, 2};
                const Graph graph = with_random_weights(
                    classifier(4, width + 1, 3, {pointwise("in", 5), dilated, average_pool("pool", 0)}));
                const auto values = interpret(graph, test_picture(shape_of(graph, graph.input)));
                const Node& node = node_of(graph, "conv");
                const Shape& to = shape_of(graph, node.outputs[0]);
                const Values& input = values[static_cast<std::size_t>(node.inputs[0])];
                Values expected;
                for (int y = 0; y < to.height; ++y)
                    for (int x = 0; x < to.width; ++x)
                        for (int output = 0; output < outputs; ++output)
                            expected.push_back(textbook(std::get<Convolution>(node.operation), input,
                                                        shape_of(graph, node.inputs[0]), y, x, output));
                CHECK(values[static_cast<std::size_t>(node.outputs[0])] == expected);
            }
}

TEST_CASE("the test picture is the one stream of bytes") {
    // Worked with Python's integers: xorshift32 from 0x9E3779B9, (13, 17, 5), the top byte.
    const Picture picture = test_picture({2, 1, 3});
    CHECK(picture == Picture{81, 224, 123, 1, 230, 249});
}

TEST_CASE("a maximum by hand: what lies outside the map counts for nothing, whatever the sign") {
    // Picture 1 2 3 / 4 5 6, less 10: all values are below zero.
    Description description =
        classifier(2, 3, 1, {pointwise("a", 1), max_pool("pool", 2, 2, {1, 1, 0, 0}), max_pool("all", 0, 1, {})});
    description.input.mean = {10};
    const std::map<std::string, std::vector<float>> tensors{{"a.weight", {1}}, {"a.bias", {0}}};
    const Picture picture{1, 2, 3, 4, 5, 6};
    CHECK(output_of(description, tensors, picture, "pool") == Values{-9, -7});
    CHECK(output_of(description, tensors, picture, "all") == Values{-7});
    description.backbone[1].rounding = PoolRounding::ceil;
    CHECK(output_of(description, tensors, picture, "pool") == Values{-9, -7, -6, -4});
    description.backbone[1].pad = Pads{0, 0, 0, 0};
    CHECK(output_of(description, tensors, picture, "pool") == Values{-5, -4});
    description.backbone[1].rounding = PoolRounding::floor;
    CHECK(output_of(description, tensors, picture, "pool") == Values{-5});
}

TEST_CASE("maxima are those of a naive loop over the pixels under each window") {
    for (const int kernel : {1, 2, 3, 5})
        for (const int stride : {1, 2, 3})
            for (const PoolRounding rounding : {PoolRounding::floor, PoolRounding::ceil}) {
                CAPTURE(kernel);
                CAPTURE(stride);
                if (stride > kernel && rounding == PoolRounding::ceil) continue;  // a window beside the map
                const int pad = kernel / 2;
                const Graph graph = with_random_weights(classifier(
                    7, 8, 3,
                    {pointwise("in", 5), max_pool("pool", kernel, stride, {pad, 0, pad, kernel - 1}, rounding)}));
                const auto values = interpret(graph, test_picture(shape_of(graph, graph.input)));
                const Node& node = node_of(graph, "pool");
                const Shape &from = shape_of(graph, node.inputs[0]), &to = shape_of(graph, node.outputs[0]);
                const Values& input = values[static_cast<std::size_t>(node.inputs[0])];
                Values expected;
                for (int y = 0; y < to.height; ++y)
                    for (int x = 0; x < to.width; ++x)
                        for (int c = 0; c < to.channels; ++c) {
                            double most = -INFINITY;
                            for (int in_y = 0; in_y < from.height; ++in_y)
                                for (int in_x = 0; in_x < from.width; ++in_x) {
                                    const int tap_y = in_y + pad - y * stride, tap_x = in_x - x * stride;
                                    if (tap_y < 0 || tap_x < 0 || tap_y >= kernel || tap_x >= kernel) continue;
                                    most = std::max(most, input[static_cast<std::size_t>(
                                                              (in_y * from.width + in_x) * from.channels + c)]);
                                }
                            expected.push_back(most);
                        }
                CHECK(values[static_cast<std::size_t>(node.outputs[0])] == expected);
            }
}
