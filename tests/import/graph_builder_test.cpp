#include "import/graph_builder.h"

#include "description/limits.h"
#include "graph/build.h"
#include "support/error.h"
#include "tools/message.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const Site site{"m.x: operator 3 (CONV)", "operator 3", "conv"};

std::vector<float> counted(int count) {
    std::vector<float> values;
    for (int i = 0; i < count; ++i) values.push_back(static_cast<float>(i + 1));
    return values;
}

WeightTensor counted_tensor(const std::vector<int>& shape) {
    return {shape, counted(static_cast<int>(product(shape)))};
}

Convolution convolution(const std::vector<int>& shape, int channels) {
    Convolution layer;
    layer.weights = counted_tensor(shape);
    layer.bias = counted_tensor({channels});
    return layer;
}

Depthwise depthwise(const std::vector<int>& shape, int channels) {
    Depthwise layer;
    layer.weights = counted_tensor(shape);
    layer.bias = counted_tensor({channels});
    return layer;
}

BatchNorm batch_norm(int channels) {
    const std::vector<float> values = counted(channels);
    return {0.001F, values, values, values, values};
}

/// A builder that has its picture.
struct Started {
    GraphBuilder builder{"m.x"};
    TensorId picture;

    explicit Started(const Shape& shape) : picture(builder.set_picture(shape)) {}

    TensorId pointwise(TensorId input, int channels) {
        const int inputs = builder.shape(input).channels;
        return builder.add_convolution(site, input, builder.place(site, input, {}), channels,
                                       convolution({channels, 1, 1, inputs}, channels));
    }
};

/// "output pads: top, left, bottom, right" of a window on a map.
std::string placed(const Shape& map, const WindowRule& rule) {
    const Started started(map);
    const PlacedWindow window = started.builder.place(site, started.picture, rule);
    const Pads pads = pads_of(window.window);
    return fmt::format("{}x{}x{} {},{},{},{}", window.output.height, window.output.width, window.output.channels,
                       pads[0], pads[1], pads[2], pads[3]);
}

}  // namespace

TEST_CASE("a window makes the map that its padding rule says, and has the pads that the rule comes to") {
    CHECK(placed({300, 75, 3}, {3, 2, 1, PaddingRule::same, {}}) == "150x38x3 0,1,1,1");
    CHECK(placed({5, 4, 1}, {1, 2, 1, PaddingRule::same, {}}) == "3x2x1 0,0,0,0");
    CHECK(placed({5, 5, 1}, {3, 1, 2, PaddingRule::same, {}}) == "5x5x1 2,2,2,2");
    CHECK(placed({300, 75, 3}, {3, 2, 1, PaddingRule::caffe, {1, 1, 1, 1}}) == "150x38x3 1,1,1,1");
    CHECK(placed({10, 10, 1}, {3, 2, 1, PaddingRule::caffe, {0, 1, 1, 0}}) == "5x5x1 0,1,1,0");
    CHECK(placed({5, 7, 1}, {3, 1, 2, PaddingRule::caffe, {}}) == "1x3x1 0,0,0,0");
}

TEST_CASE("the largest picture that a file can state does not overflow under any window") {
    CHECK(placed({2147483647, 1, 1}, {1, 255, 1, PaddingRule::same, {}}) == "8421505x1x1 0,0,0,0");
    CHECK(placed({2147483647, 1, 1}, {255, 1, 255, PaddingRule::same, {}}) == "2147483647x1x1 32385,32385,32385,32385");
}

TEST_CASE("a window that is larger than its padded map is refused in the words of its operator") {
    const Started started({5, 9, 1});
    const auto place = [&](const WindowRule& rule) {
        return message_of([&] { started.builder.place(site, started.picture, rule); });
    };
    CHECK(place({7, 1, 1, PaddingRule::caffe, {}}) ==
          "m.x: operator 3 (CONV): has a window of 7x7 on a map of 5x9; allowed: a window that fits");
    CHECK(place({3, 1, 3, PaddingRule::caffe, {0, 0, 1, 0}}) ==
          "m.x: operator 3 (CONV): has a window of 7x7 on a map of 5x9; allowed: a window that fits");
    CHECK(place({3, 1, 3, PaddingRule::caffe, {1, 0, 1, 0}}) == "");
}

TEST_CASE("an average whose windows leave over some of the map is refused; one that uses it up is not") {
    const Started started({6, 8, 1});
    const auto place = [&](int kernel, int stride) {
        WindowRule rule;
        rule.kernel = kernel;
        rule.stride = stride;
        return message_of([&] { started.builder.place_pool(site, started.picture, rule); });
    };
    CHECK(place(2, 2) == "");
    CHECK(place(3, 3) ==
          "m.x: operator 3 (CONV): has windows of 3x3 with stride 3 that leave over some of the 6x8 map; "
          "allowed: windows that use it up");
    CHECK(place(9, 1) == "m.x: operator 3 (CONV): has a window of 9x9 on a map of 6x8; allowed: a window that fits");
    const PlacedWindow whole = started.builder.place_over_map(started.picture);
    CHECK(whole.window.rows.kernel == 6);
    CHECK(whole.window.columns.kernel == 8);
    CHECK(whole.output == Shape{1, 1, 1});
}

TEST_CASE("a window beyond the limits of a description is a reader's fault, which it has to refuse itself") {
    const Started started({600, 600, 1});
    const auto place = [&](const WindowRule& rule) { started.builder.place(site, started.picture, rule); };
    CHECK_NOTHROW(place({limits::window, limits::window, 1, PaddingRule::caffe, {255, 255, 255, 255}}));
    CHECK_THROWS_AS(place({limits::window + 1, 1, 1, PaddingRule::caffe, {}}), InternalError);
    CHECK_THROWS_AS(place({0, 1, 1, PaddingRule::caffe, {}}), InternalError);
    CHECK_THROWS_AS(place({3, 0, 1, PaddingRule::caffe, {}}), InternalError);
    CHECK_THROWS_AS(place({3, 1, 256, PaddingRule::caffe, {}}), InternalError);
    CHECK_THROWS_AS(place({3, 1, 1, PaddingRule::caffe, {256, 0, 0, 0}}), InternalError);
    CHECK_THROWS_AS(place({3, 1, 1, PaddingRule::caffe, {0, 0, -1, 0}}), InternalError);
    CHECK_THROWS_AS(place({3, 1, 1, PaddingRule::same, {1, 1, 1, 1}}), InternalError);
}

TEST_CASE("layers become the graph's own nodes, each on the tensor that it takes, with how the file words them") {
    Started started({8, 8, 3});
    GraphBuilder& builder = started.builder;
    const PlacedWindow window = builder.place(site, started.picture, {3, 2, 1, PaddingRule::same, {}});
    const TensorId first =
        builder.add_convolution({"w", "operator 0", "first"}, started.picture, window, 4, convolution({4, 3, 3, 3}, 4));
    const PlacedWindow second_window = builder.place(site, first, {3, 1, 1, PaddingRule::caffe, {1, 1, 1, 1}});
    const TensorId second =
        builder.add_depthwise({"w", "operator 1", "second"}, first, second_window, depthwise({3, 3, 4}, 4));
    const TensorId pool = builder.add_average_pool({"w", "operator 2", "pool"}, second, builder.place_over_map(second));
    FullyConnected connected;
    connected.weights = counted_tensor({5, 1, 1, 4});
    connected.bias = counted_tensor({5});
    const TensorId last = builder.add_fully_connected({"w", "operator 3", "last"}, pool, 5, connected);
    CHECK(builder.input_of(second) == first);
    CHECK(builder.origin(first).feeds_layer);
    CHECK(!builder.origin(last).feeds_layer);
    CHECK(builder.is_fully_connected(last));
    CHECK(!builder.is_fully_connected(pool));
    builder.set_output(last, ScoreConversion::softmax);
    const ModelGraph model = builder.finish();
    const Graph& graph = model.graph;
    CHECK_NOTHROW(check_graph(graph));
    REQUIRE(graph.nodes.size() == 5);
    REQUIRE(model.origins.size() == 4);
    CHECK(graph.file == "m.x");
    CHECK(graph.tensors[1].shape == Shape{4, 4, 4});
    CHECK(graph.tensors[3].shape == Shape{1, 1, 4});
    CHECK(pads_of(std::get<Convolution>(graph.nodes[0].operation).window) == Pads{0, 0, 1, 1});
    CHECK(pads_of(std::get<Depthwise>(graph.nodes[1].operation).window) == Pads{1, 1, 1, 1});
    CHECK(std::get<AveragePool>(graph.nodes[2].operation).window.rows.kernel == 4);
    CHECK(std::holds_alternative<Softmax>(graph.nodes[4].operation));
    CHECK(graph.nodes[4].inputs == std::vector<TensorId>{last});
    CHECK(graph.logits == last);
    CHECK(model.origins[0].rule.padding == PaddingRule::same);
    CHECK(model.origins[1].rule.padding == PaddingRule::caffe);
    CHECK(model.origins[1].place == "operator 1");
    CHECK(model.origins[1].name == "second");
}

TEST_CASE("a classifier's last 1x1 convolution is fully connected on a map of one pixel alone, without batch norm") {
    const auto last_is_connected = [](int side, bool with_batch_norm) {
        Started started({side, side, 3});
        const TensorId first = started.pointwise(started.picture, 4);
        const TensorId last = started.pointwise(first, 2);
        if (with_batch_norm) started.builder.join_batch_norm(last, batch_norm(2));
        started.builder.set_output(last, std::nullopt);
        const ModelGraph model = started.builder.finish();
        CHECK(std::holds_alternative<Convolution>(model.graph.nodes[0].operation));
        return std::holds_alternative<FullyConnected>(model.graph.nodes[1].operation);
    };
    CHECK(last_is_connected(1, false));
    CHECK(!last_is_connected(2, false));
    CHECK(!last_is_connected(1, true));
}

TEST_CASE("a graph is held to graph's own checks before anybody gets it") {
    SUBCASE("weights of another size than the layer's") {
        Started started({8, 8, 3});
        const TensorId made = started.builder.add_convolution(
            site, started.picture, started.builder.place(site, started.picture, {}), 4, convolution({11, 1, 1, 1}, 4));
        started.builder.set_output(made, std::nullopt);
        CHECK_THROWS_AS(started.builder.finish(), InternalError);
    }
    SUBCASE("a classifier that ends in nothing") {
        Started started({8, 8, 3});
        const TensorId made = started.pointwise(started.picture, 4);
        started.builder.set_output(made + 1, std::nullopt);
        CHECK_THROWS(started.builder.finish());
    }
    SUBCASE("a detector's layers, though its head is paired later") {
        Started started({8, 8, 3});
        const TensorId made = started.builder.add_convolution(
            site, started.picture, started.builder.place(site, started.picture, {}), 4, convolution({4, 1, 1, 3}, 3));
        Detector detector;
        detector.boxes = detector.scores = {made};
        started.builder.set_detector(detector);
        CHECK(started.builder.has_detector());
        CHECK_THROWS_AS(started.builder.finish(), InternalError);
    }
}

TEST_CASE("a scale is multiplied into weights and bias, along the axis of the output channels") {
    Started started({4, 4, 2});
    GraphBuilder& builder = started.builder;
    const TensorId first = started.pointwise(started.picture, 2);  // weights 1 2 | 3 4, bias 1 2
    builder.join_scale(first, {2, 10}, {0.5F, 1});
    const TensorId second =
        builder.add_depthwise(site, first, builder.place(site, first, {2, 1, 1, PaddingRule::same, {}}),
                              depthwise({2, 2, 2}, 2));  // taps of channel 0: 1 3 5 7
    builder.join_scale(second, {2, 10}, {0, 0});
    const TensorId third = started.pointwise(second, 2);
    builder.join_batch_norm(third, batch_norm(2));
    builder.join_scale(third, {7, 8}, {9, 10});
    builder.set_output(third, std::nullopt);
    const ModelGraph model = builder.finish();
    const auto& full = std::get<Convolution>(model.graph.nodes[0].operation);
    CHECK(full.weights.values() == std::vector<float>{2, 4, 30, 40});
    CHECK(full.bias.values() == std::vector<float>{2.5F, 21});
    const auto& each = std::get<Depthwise>(model.graph.nodes[1].operation);
    CHECK(each.weights.values() == std::vector<float>{2, 20, 6, 40, 10, 60, 14, 80});
    CHECK(each.bias.values() == std::vector<float>{2, 20});
    const auto& normed = std::get<Convolution>(model.graph.nodes[2].operation);
    CHECK(normed.weights.values() == counted(4));
    CHECK(normed.batch_norm->gamma == std::vector<float>{7, 8});
    CHECK(normed.batch_norm->beta == std::vector<float>{9, 10});
    CHECK(normed.batch_norm->mean == counted(2));
}

TEST_CASE("what joins the layer before it does so where that layer takes it") {
    Started started({4, 4, 2});
    GraphBuilder& builder = started.builder;
    const TensorId first = started.pointwise(started.picture, 3);
    CHECK(builder.takes_activation(first));
    CHECK(builder.activation_of(first) == Activation::none);
    builder.join_activation(first, Activation::relu6);
    CHECK(builder.activation_of(first) == Activation::relu6);
    CHECK(builder.takes_batch_norm(first));
    builder.join_batch_norm(first, batch_norm(3));
    CHECK(!builder.takes_batch_norm(first));
    CHECK_THROWS_AS(builder.join_batch_norm(first, batch_norm(3)), InternalError);
    CHECK_THROWS_AS(builder.join_scale(first, {1, 1}, {0, 0}), InternalError);
    const TensorId pool = builder.add_average_pool(site, first, builder.place_over_map(first));
    CHECK(!builder.takes_activation(pool));
    CHECK(builder.activation_of(pool) == Activation::none);
    CHECK_THROWS_AS(builder.join_activation(pool, Activation::relu), InternalError);
    CHECK_THROWS_AS(builder.join_batch_norm(pool, batch_norm(3)), InternalError);
    CHECK_THROWS_AS(builder.join_scale(pool, {1, 1, 1}, {0, 0, 0}), InternalError);
    FullyConnected connected;
    connected.weights = counted_tensor({1, 1, 1, 3});
    connected.bias = counted_tensor({1});
    const TensorId last = builder.add_fully_connected(site, pool, 1, connected);
    CHECK(builder.takes_activation(last));
    CHECK(!builder.takes_batch_norm(last));
    builder.join_scale(last, {2}, {1});
    builder.set_output(last, std::nullopt);
    CHECK(std::get<FullyConnected>(builder.finish().graph.nodes[2].operation).bias.values() == std::vector<float>{3});
}

TEST_CASE("what a file does to its picture adds up to one factor and one shift a channel, in the first layer's order") {
    Started started({4, 4, 3});
    GraphBuilder& builder = started.builder;
    CHECK(!builder.computes_with_picture());
    builder.reverse_picture();
    CHECK(!builder.computes_with_picture());
    builder.shift_picture({1, 2, 3});
    CHECK(builder.computes_with_picture());
    builder.scale_picture({2, 2, 4});
    builder.reverse_picture();
    builder.shift_picture({0, 0, 1});
    CHECK_THROWS_AS(builder.scale_picture({1}), InternalError);
    CHECK_THROWS_AS(builder.set_picture({4, 4, 3}), InternalError);
    builder.set_output(started.pointwise(started.picture, 1), std::nullopt);
    const PictureSteps steps = builder.finish().picture;
    CHECK(steps.factor == std::vector<double>{4, 2, 2});
    CHECK(steps.shift == std::vector<double>{12, 4, 3});
    CHECK(!steps.reversed);
    CHECK(!steps.casts_bytes);
}

TEST_CASE("a sum takes several maps of one shape, and an activation, but no scale and no batch norm") {
    Started started({4, 4, 3});
    GraphBuilder& builder = started.builder;
    const TensorId first = started.pointwise(started.picture, 4);
    const TensorId second = started.pointwise(first, 4);
    const TensorId other = started.pointwise(second, 3);
    const TensorId sum = builder.add_sum({"w", "operator 7", "sum"}, {second, first, second}, {Activation::none});
    CHECK(builder.shape(sum) == Shape{4, 4, 4});
    CHECK(builder.origin(first).feeds_layer);
    CHECK(builder.origin(second).feeds_layer);
    CHECK(builder.takes_activation(sum));
    builder.join_activation(sum, Activation::relu6);
    CHECK(builder.activation_of(sum) == Activation::relu6);
    CHECK(!builder.takes_batch_norm(sum));
    CHECK(!builder.takes_scale(sum));
    CHECK_THROWS_AS(builder.join_scale(sum, {1, 1, 1, 1}, {0, 0, 0, 0}), InternalError);
    CHECK_THROWS_AS(builder.add_sum(site, {first}, {}), InternalError);
    CHECK_THROWS_AS(builder.add_sum(site, {first, other}, {}), InternalError);
    CHECK_THROWS_AS(builder.add_sum(site, {started.picture, started.picture}, {}), InternalError);
    const TensorId branch = started.pointwise(other, 4);
    const TensorId last = builder.add_sum(site, {sum, branch}, {});
    builder.set_output(last, std::nullopt);
    CHECK(message_of([&] { builder.refuse_loose_ends(); }) == "");  // each map of a sum leads to its end
    const ModelGraph model = builder.finish();
    CHECK(model.graph.nodes[3].inputs == std::vector<TensorId>{second, first, second});
    CHECK(std::get<Add>(model.graph.nodes[3].operation).activation == Activation::relu6);
    CHECK(model.origins[3].name == "sum");
}

TEST_CASE("a concat has the channels of its maps, and takes no activation") {
    Started started({4, 4, 3});
    GraphBuilder& builder = started.builder;
    const TensorId first = started.pointwise(started.picture, 4);
    const TensorId second = started.pointwise(first, 5);
    const TensorId both = builder.add_concat({"w", "operator 7", "both"}, {second, first, second});
    CHECK(builder.shape(both) == Shape{4, 4, 14});
    CHECK(!builder.takes_activation(both));
    CHECK_THROWS_AS(builder.join_activation(both, Activation::relu), InternalError);
    const TensorId pool = builder.add_average_pool(site, first, builder.place_over_map(first));
    CHECK_THROWS_AS(builder.add_concat(site, {first}), InternalError);
    CHECK_THROWS_AS(builder.add_concat(site, {first, pool}), InternalError);
    CHECK_THROWS_AS(builder.add_concat(site, {first, started.picture}), InternalError);
    builder.set_output(builder.add_concat(site, {both, first}), std::nullopt);
    CHECK(message_of([&] { builder.refuse_loose_ends(); }) ==
          "m.x: operator 3 'conv' makes what nothing takes; allowed: layers that lead to the result");
}

TEST_CASE("a concat of more channels than a graph takes is refused in the words of its operator") {
    Started started({1, 1, 1 << 18});
    GraphBuilder& builder = started.builder;
    const TensorId map = builder.add_average_pool(site, started.picture, builder.place_over_map(started.picture));
    CHECK(builder.shape(builder.add_concat(site, {map, map, map, map})).channels == 1 << 20);
    CHECK(message_of([&] {
              builder.add_concat(site, {map, map, map, map, map});
          }) == "m.x: operator 3 (CONV): joins 1310720 channels; allowed: at most 1048576");
}

TEST_CASE("a layer that leads to no end is refused") {
    Started started({4, 4, 3});
    GraphBuilder& builder = started.builder;
    const TensorId first = started.pointwise(started.picture, 4);
    const TensorId last = started.pointwise(first, 4);
    builder.set_output(last, std::nullopt);
    CHECK(message_of([&] { builder.refuse_loose_ends(); }) == "");
    builder.add_average_pool({"w", "operator 9", "loose\n"}, first, builder.place_over_map(first));
    CHECK(message_of([&] { builder.refuse_loose_ends(); }) ==
          "m.x: operator 9 'loose?' makes what nothing takes; allowed: layers that lead to the result");
}

TEST_CASE("views join along the first axis that is not 1, one part behind the other") {
    View boxes;
    boxes.shape = {1, 6, 4};
    boxes.parts = {3};
    View more = boxes;
    more.shape = {1, 2, 4};
    more.parts = {5, 7};
    more.shared = true;
    CHECK(join_axis(site, boxes, 1) == 1);
    CHECK(join_axis(site, boxes, -2) == 1);
    CHECK(join_axis(site, boxes, 0) == 0);
    CHECK(join(site, boxes, more, 1));
    CHECK(boxes.shape == std::vector<int>{1, 8, 4});
    CHECK(boxes.parts == std::vector<TensorId>{3, 5, 7});
    CHECK(boxes.shared);
    for (const int axis : {2, -1, 3, -4})
        CHECK(message_of([&] { join_axis(site, boxes, axis); }) ==
              fmt::format("m.x: operator 3 (CONV): joins along axis {} of [1,8,4]; allowed: the first axis that is not "
                          "1",
                          axis));
}

TEST_CASE("views that differ in more than the axis, or are converted otherwise, are not joined") {
    View first;
    first.shape = {1, 6, 4};
    first.parts = {3};
    const auto joined = [&](const View& next) {
        View copy = first;
        return message_of([&] { join(site, copy, next, 1); });
    };
    View next = first;
    CHECK(joined(next) == "");
    next.shape = {1, 6, 5};
    CHECK(joined(next) ==
          "m.x: operator 3 (CONV): joins [1,6,4] and [1,6,5]; allowed: the same but for the axis, converted alike");
    next.shape = {1, 6};
    CHECK(joined(next) ==
          "m.x: operator 3 (CONV): joins [1,6,4] and [1,6]; allowed: the same but for the axis, converted alike");
    next = first;
    next.conversion = ScoreConversion::sigmoid;
    CHECK(joined(next) ==
          "m.x: operator 3 (CONV): joins [1,6,4] and [1,6,4]; allowed: the same but for the axis, converted alike");
    CHECK(message_of([&] { need_unconverted(site, next); }) ==
          "m.x: operator 3 (CONV): converts scores again; allowed: once");
    CHECK(message_of([&] { need_unconverted(site, first); }) == "");
}

TEST_CASE("a join of too many parts or too long an axis is not done") {
    View first;
    first.shape = {1, 1 << 29, 1};
    first.parts = {3};
    View next = first;
    CHECK(join(site, first, next, 1));
    CHECK(!join(site, first, next, 1));
    CHECK(first.shape == std::vector<int>{1, 1 << 30, 1});
    CHECK(first.parts.size() == 2);
    first.shape = next.shape = {1, 1, 1};
    next.parts.assign(most_parts - 2, 4);
    CHECK(join(site, first, next, 1));
    CHECK(first.parts.size() == most_parts);
    next.parts = {5};
    CHECK(!join(site, first, next, 1));
    CHECK(first.parts.size() == most_parts);
}
