// Claims: sizes and pads are Caffe's and TensorFlow's, and multipliers round as their rules say
// (SEMANTICS.md 2.1, 2.6).

#include "graph/networks.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

std::vector<int> axis(const WindowAxis& axis) { return {axis.output, axis.before, axis.after}; }

using Numbers = std::vector<int>;

}  // namespace

TEST_CASE("the caffe rule takes the floor and pads as told") {
    CHECK(axis(caffe_axis(300, {3, 2, 1, 1, 1})) == Numbers{150, 1, 1});
    CHECK(axis(caffe_axis(75, {3, 2, 1, 1, 1})) == Numbers{38, 1, 1});
    CHECK(axis(caffe_axis(75, {3, 1, 1, 1, 1})) == Numbers{75, 1, 1});
    CHECK(axis(caffe_axis(19, {3, 1, 6, 6, 6})) == Numbers{19, 6, 6});  // VGG-SSD's fc6
    CHECK(axis(caffe_axis(5, {3, 1, 1, 0, 0})) == Numbers{3, 0, 0});    // its conv8_2
    CHECK(axis(caffe_axis(10, {4, 4, 1, 0, 0})) == Numbers{2, 0, 0});   // (10 - 4) / 4 is 1.5
    CHECK(axis(caffe_axis(2, {3, 1, 1, 0, 0})) == Numbers{0, 0, 0});    // smaller than the window
    CHECK(axis(caffe_axis(2, {3, 5, 1, 0, 0})) == Numbers{0, 0, 0});    // also where division would round -1 / 5 to 0
}

TEST_CASE("the same rule takes the ceiling and pads the odd pixel after") {
    // The stride-2 layers of the network at 300: even sizes are asymmetric, odd ones not.
    for (const int even : {300, 150, 38, 10, 2}) CHECK(axis(same_axis(even, {3, 2, 1})) == Numbers{even / 2, 0, 1});
    for (const int odd : {75, 19, 5, 3}) CHECK(axis(same_axis(odd, {3, 2, 1})) == Numbers{(odd + 1) / 2, 1, 1});
    CHECK(axis(same_axis(1, {3, 2, 1})) == Numbers{1, 1, 1});
    CHECK(axis(same_axis(7, {3, 1, 1})) == Numbers{7, 1, 1});
    CHECK(axis(same_axis(7, {2, 1, 1})) == Numbers{7, 0, 1});
    CHECK(axis(same_axis(10, {1, 2, 1})) == Numbers{5, 0, 0});  // the window falls short of the stride: no negative pad
    CHECK(axis(same_axis(7, {3, 1, 2})) == Numbers{7, 2, 2});
}

TEST_CASE("the ceil rule has one more window where pixels are left over, and none that would begin behind the map") {
    CHECK(axis(ceil_axis(75, {2, 2, 1, 0, 0}, false)) == Numbers{38, 0, 1});  // VGG-SSD's pool3
    CHECK(axis(ceil_axis(300, {2, 2, 1, 0, 0}, false)) == Numbers{150, 0, 0});
    CHECK(axis(ceil_axis(19, {3, 1, 1, 1, 1}, true)) == Numbers{19, 1, 1});    // its pool5
    CHECK(axis(ceil_axis(113, {3, 2, 1, 0, 0}, false)) == Numbers{56, 0, 0});  // SqueezeNet's
    CHECK(axis(ceil_axis(112, {3, 2, 1, 0, 0}, false)) == Numbers{56, 0, 1});
    CHECK(axis(ceil_axis(112, {3, 2, 1, 1, 1}, true)) == Numbers{57, 1, 2});
    CHECK(axis(ceil_axis(8, {3, 2, 1, 1, 1}, true)) == Numbers{5, 1, 2});
    // (7 + 2 - 2) / 2 is 3.5: five windows, of which the last would begin at 8 of 1 + 7 pixels.
    CHECK(axis(ceil_axis(7, {2, 2, 1, 1, 1}, true)) == Numbers{4, 1, 1});
    CHECK(axis(ceil_axis(6, {2, 2, 1, 1, 1}, true)) == Numbers{4, 1, 1});
    // Without padding nothing is dropped, as in Caffe: a stride past the window leaves the last one beside the map.
    CHECK(axis(ceil_axis(5, {1, 3, 1, 0, 0}, false)) == Numbers{3, 0, 2});
    CHECK_FALSE(touches_map(ceil_axis(5, {1, 3, 1, 0, 0}, false), 5));
    CHECK(axis(ceil_axis(5, {1, 3, 1, 0, 0}, true)) == Numbers{2, 0, 0});
    CHECK(axis(ceil_axis(2, {3, 2, 1, 0, 0}, false)) == Numbers{1, 0, 1});  // smaller than the window
    CHECK(axis(ceil_axis(2, {5, 2, 1, 0, 0}, false)) == Numbers{0, 0, 0});
}

TEST_CASE("the ceil rule is Caffe's own formula, and its windows stand on the map as padded") {
    for (int size = 1; size <= 20; ++size)
        for (int kernel = 1; kernel <= 5; ++kernel)
            for (int stride = 1; stride <= 4; ++stride)
                for (int pad = 0; pad < kernel; ++pad) {
                    // pooling_layer.cpp, Reshape()
                    int pooled = static_cast<int>(std::ceil(static_cast<double>(size + 2 * pad - kernel) / stride)) + 1;
                    if (pad && (pooled - 1) * stride >= size + pad) --pooled;
                    const WindowAxis found = ceil_axis(size, {kernel, stride, 1, pad, pad}, pad > 0);
                    CHECK(found.output == std::max(pooled, 0));
                    if (pooled < 1) continue;
                    CHECK(found.before == pad);
                    CHECK(found.after >= pad);
                    CHECK(extent(found, found.output) <= size + found.before + found.after);
                    if (pad) CHECK(touches_map(found, size));
                }
}

TEST_CASE("a rule places both axes: pads of either drop a window of both") {
    const WindowRule rule{1, 3, 1, PaddingRule::caffe, {0, 0, 0, 0}, PoolRounding::ceil};
    CHECK(place_window(rule, 5, 5).rows.output == 3);
    WindowRule padded = rule;
    padded.pads = {0, 0, 0, 1};
    CHECK(place_window(padded, 5, 5).rows.output == 2);
    padded.rounding = PoolRounding::floor;
    CHECK(place_window(padded, 4, 4).rows.output == 2);
}

TEST_CASE("both rules agree on the size of a 3x3 window of stride 1 and 2 with pad 1") {
    for (int size = 1; size <= 64; ++size)
        for (const int stride : {1, 2})
            CHECK(caffe_axis(size, {3, stride, 1, 1, 1}).output == same_axis(size, {3, stride, 1}).output);
}

TEST_CASE("an extent reaches from the first tap of the first window to the last tap of the last") {
    CHECK(extent({3, 1, 1}) == 3);
    CHECK(extent({3, 1, 6}) == 13);
    CHECK(extent({3, 2, 6}, 1) == 13);
    CHECK(extent({3, 2, 1}, 150) == 301);
}

TEST_CASE("windows are the same only if all of their numbers are") {
    const WindowAxis axis{3, 2, 1, 0, 1, 7};
    const Window window{axis, axis};
    CHECK(window == Window{axis, axis});
    for (const WindowAxis& other : {WindowAxis{1, 2, 1, 0, 1, 7},
                                    {3, 1, 1, 0, 1, 7},
                                    {3, 2, 2, 0, 1, 7},
                                    {3, 2, 1, 1, 1, 7},
                                    {3, 2, 1, 0, 0, 7},
                                    {3, 2, 1, 0, 1, 8}}) {
        CHECK(window != Window{other, axis});
        CHECK(window != Window{axis, other});
    }
}

TEST_CASE("channels round by their rule") {
    CHECK(scaled_channels(32, 0.3, ChannelRounding::floor) == 9);
    CHECK(scaled_channels(64, 0.3, ChannelRounding::floor) == 19);
    CHECK(scaled_channels(512, 0.3, ChannelRounding::floor) == 153);
    CHECK(scaled_channels(32, 0.01, ChannelRounding::floor) == 0);
    CHECK(scaled_channels(16, 0.25, ChannelRounding::floor_min_8) == 8);
    CHECK(scaled_channels(64, 0.25, ChannelRounding::floor_min_8) == 16);
    CHECK(scaled_channels(32, 0.25, ChannelRounding::floor_min_16) == 16);
    CHECK(scaled_channels(128, 0.25, ChannelRounding::floor_min_16) == 32);
    CHECK(scaled_channels(32, 0.75, ChannelRounding::make_divisible_8) == 24);
    CHECK(scaled_channels(24, 0.75, ChannelRounding::make_divisible_8) == 24);  // 16 would lose more than a tenth of 18
    CHECK(scaled_channels(16, 0.35, ChannelRounding::make_divisible_8) == 8);
    CHECK(scaled_channels(32, 0.35, ChannelRounding::make_divisible_8) == 16);  // 8 of 11.2 is too few
    CHECK(scaled_channels(96, 0.35, ChannelRounding::make_divisible_8) == 32);
}

TEST_CASE("a side rounds to nearest under rho") {
    CHECK(scaled_side(300, 0.43) == 129);
    CHECK(scaled_side(300, 128.0 / 300) == 128);
    CHECK(scaled_side(5, 0.5) == 3);
    CHECK(scaled_side(300, 1) == 300);
}

TEST_CASE("alpha 0.3 gives the floored widths, in depthwise layers too") {
    const Graph graph = build_graph(config("mobilenet_ssd_voc"), {0.3, {}});
    CHECK(shape_text(graph, "conv0") == "150x150x9");
    CHECK(shape_text(graph, "conv1/dw") == "150x150x9");
    CHECK(shape_text(graph, "conv1") == "150x150x19");
    CHECK(shape_text(graph, "conv3") == "75x75x38");
    CHECK(shape_text(graph, "conv13") == "10x10x307");
    CHECK(shape_text(graph, "conv14_1") == "10x10x256");  // gen.py scales no extras
    CHECK(shape_text(graph, "conv11_mbox_conf") == "19x19x63");
}

TEST_CASE("the pads of TensorFlow's detector are those of the published model") {
    const Graph graph = build_graph(config("mobilenet_ssd_coco"));
    const auto pads = [&](const char* name) {
        const Node& node = node_of(graph, name);
        const auto* convolution = std::get_if<Convolution>(&node.operation);
        return convolution != nullptr ? pads_of(convolution->window)
                                      : pads_of(std::get<Depthwise>(node.operation).window);
    };
    for (const char* name : {"conv0", "conv2/dw", "conv6/dw", "conv14_2", "conv17_2"})
        CHECK_MESSAGE((pads(name) == Pads{0, 0, 1, 1}), name);
    for (const char* name : {"conv1/dw", "conv4/dw", "conv12/dw", "conv15_2", "conv16_2"})
        CHECK_MESSAGE((pads(name) == Pads{1, 1, 1, 1}), name);
}

TEST_CASE("height and width go their own ways") {
    const Graph graph =
        build_graph(classifier(10, 7, 1, {convolution("a", 4, 3, 2), average_pool("pool", 0)}), {{}, 0.7});
    CHECK(shape_text(graph, "input") == "7x5x1");
    CHECK(shape_text(graph, "a") == "4x3x4");
    CHECK(shape_text(graph, "pool") == "1x1x4");
}

TEST_CASE("a window's kernel, stride, dilation and usual pads go their own ways along rows and columns") {
    LayerDescription dilated = depthwise("dilated", {3, 2});
    dilated.dilation = {2, 4};
    LayerDescription same = convolution("same", 4, {1, 7}, {3, 2});
    same.padding = PaddingRule::same;
    const Graph graph = build_graph(classifier(
        20, 30, 1, {convolution("wide", 4, {3, 5}, {2, 1}), dilated, same, average_pool("pool", {2, 3}, {1, 4})}));
    CHECK(shape_text(graph, "wide") == "10x30x4");
    CHECK(pads_of(*window_of(std::get<Convolution>(node_of(graph, "wide").operation))) == Pads{1, 2, 1, 2});
    CHECK(shape_text(graph, "dilated") == "10x30x4");
    CHECK(pads_of(*window_of(std::get<Depthwise>(node_of(graph, "dilated").operation))) == Pads{2, 2, 2, 2});
    CHECK(shape_text(graph, "same") == "4x15x4");
    CHECK(pads_of(*window_of(std::get<Convolution>(node_of(graph, "same").operation))) == Pads{0, 2, 0, 3});
    CHECK(shape_text(graph, "pool") == "3x4x4");
    CHECK(
        input_error([] {
            build_graph(classifier(9, 9, 1, {average_pool("pool", {2, 11})}));
        }) ==
        "net.json: /backbone/0: pool: found a map of 9x9, 9x9 with its padding; allowed: at least 2x11 for the window");
}
