// Claims: every wrong description that needs shapes to be told is one InputError, whole message given here; a broken
// graph is an InternalError.

#include "graph/networks.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

std::string error_of(const Description& description, const Multipliers& multipliers = {}) {
    return input_error([&] { build_graph(description, multipliers); });
}

Description small(std::vector<LayerDescription> layers) { return classifier(4, 4, 3, std::move(layers)); }

Description published() { return config("mobilenet_ssd_voc"); }

}  // namespace

TEST_CASE("alpha and rho out of range, in the file and as options") {
    Description description = published();
    description.alpha = 0;
    CHECK(error_of(description) == "mobilenet_ssd_voc.json: /alpha: found 0; allowed: above 0 and at most 1");
    CHECK(error_of(published(), {1.5, {}}) == "--alpha: found 1.5; allowed: above 0 and at most 1");
    CHECK(error_of(published(), {{}, -0.5}) == "--rho: found -0.5; allowed: above 0 and at most 1");
    CHECK(error_of(published(), {{}, NAN}) == "--rho: found nan; allowed: above 0 and at most 1");
    CHECK(error_of(description, {1, {}}).empty());  // the option goes before the file
}

TEST_CASE("alpha that leaves no channel") {
    CHECK(error_of(published(), {0.01, {}}) ==
          "mobilenet_ssd_voc.json: /backbone/0/channels: found 32, which alpha 0.01 makes 0 for conv0; allowed: at "
          "least 1 "
          "channel");
}

TEST_CASE("rho that leaves no picture") {
    CHECK(error_of(published(), {{}, 0.001}) ==
          "mobilenet_ssd_voc.json: /input: found 300x300, which rho 0.001 makes 0x0; allowed: at least 1x1");
}

TEST_CASE("a map smaller than its window") {
    LayerDescription wide = convolution("wide", 2, 5);
    wide.pad = Pads{0, 0, 0, 0};
    CHECK(error_of(small({wide, average_pool("pool", 0)})) ==
          "net.json: /backbone/0: wide: found a map of 4x4, 4x4 with its padding; allowed: at least 5 for the window");
    CHECK(error_of(small({convolution("a", 2, 3, 2), average_pool("pool", 7)})) ==
          "net.json: /backbone/1: pool: found a map of 2x2, 2x2 with its padding; allowed: at least 7 for the window");
    wide.pad = Pads{1, 0, 0, 0};
    CHECK(error_of(small({wide, average_pool("pool", 0)})) ==
          "net.json: /backbone/0: wide: found a map of 4x4, 5x4 with its padding; allowed: at least 5 for the window");
}

TEST_CASE("sources that name no layer, or one twice") {
    Description description = published();
    description.head->sources[2].layer = "conv99";
    CHECK(
        error_of(description) ==
        "mobilenet_ssd_voc.json: /head/sources/2/layer: found \"conv99\", which names no layer; allowed: the name of a "
        "layer of backbone or extras");
    description.head->sources[2].layer = "conv11";
    CHECK(error_of(description) ==
          "mobilenet_ssd_voc.json: /head/sources/2/layer: found \"conv11\", whose conv11_mbox_loc exists already; "
          "allowed: "
          "each layer once");
}

TEST_CASE("box and class counts that contradict each other") {
    Description description = published();
    description.head->sources[1].boxes = 5;
    CHECK(error_of(description) ==
          "mobilenet_ssd_voc.json: /head/sources/1/boxes: found 5; allowed: 6, as the priors make for this source");
    description = published();
    description.head->background = 21;
    CHECK(error_of(description) ==
          "mobilenet_ssd_voc.json: /head/background: found 21; allowed: a column of the scores, 0 to 20 (classes is "
          "21), or "
          "-1 for none");
    description = published();
    description.head->sources[1].max_sizes.clear();
    CHECK(error_of(description) ==
          "mobilenet_ssd_voc.json: /head/sources/1/boxes: found 6; allowed: 5, as the priors make for this source");
    description.head->sources[1].max_sizes = {150, 160};
    CHECK(
        error_of(description) ==
        "mobilenet_ssd_voc.json: /head/sources/1/max_sizes: found 2 numbers; allowed: 1, one for each of min_sizes, or "
        "none");
}

TEST_CASE("a prior size that is truncated to nothing") {
    Description description = published();
    description.head->sources[0].min_sizes = {1.5};
    CHECK(error_of(description, {{}, 0.5}) ==
          "mobilenet_ssd_voc.json: /head/sources/0/min_sizes/0: found 1.5, truncated to 0 pixels for a picture of "
          "150x150; "
          "allowed: at least 1 pixel");
}

TEST_CASE("layers that lead nowhere, and a softmax before the end") {
    CHECK(error_of(detector(8, 8, {convolution("a", 4, 3), convolution("b", 4, 3)}, {"a"}, 3)) ==
          "net.json: /backbone/1: found b, whose output nothing takes; allowed: layers that lead to an output");
    CHECK(error_of(small({softmax("s"), fully_connected("fc", 4)})) ==
          "net.json: /backbone/0: found a softmax, s; allowed: as the last layer of a classifier");
}

TEST_CASE("names that are taken and inputs that are none") {
    Description description = small({convolution("a", 4, 3), convolution("a", 4, 3)});
    CHECK(error_of(description) == "net.json: /backbone/1/name: found \"a\" again; allowed: a name of its own");
    description.backbone[1].name = "b";
    description.backbone[1].inputs = {"c"};
    CHECK(error_of(description) ==
          "net.json: /backbone/1/input: found \"c\", which names no layer before this one; allowed: the name of an "
          "earlier "
          "layer");
}

TEST_CASE("pictures and pads that contradict themselves") {
    Description description = small({fully_connected("fc", 4)});
    description.input.mean = {1};
    CHECK(error_of(description) == "net.json: /input: found 1 means and 3 scales; allowed: one a channel, 3");
    description.input.order = ChannelOrder::gray;
    CHECK(error_of(description) ==
          "net.json: /input: found 3 channels; allowed: 1 in the order gray, 3 in the orders rgb and bgr");
    LayerDescription same = convolution("a", 4, 3);
    same.padding = PaddingRule::same;
    same.pad = Pads{1, 1, 1, 1};
    CHECK(error_of(small({same})) ==
          "net.json: /backbone/0: a: found pad beside the padding \"same\"; allowed: pad with \"caffe\" only");
}

TEST_CASE("max pools that have no place on their map, or a rounding that no rule has") {
    const LayerDescription wide = convolution("a", 2, 3, 2);
    CHECK(error_of(small({wide, max_pool("pool", 5, 1, {0, 0, 0, 0})})) ==
          "net.json: /backbone/1: pool: found a map of 2x2, 2x2 with its padding; allowed: at least 5 for the window");
    CHECK(error_of(small({wide, max_pool("pool", 2, 1, {2, 0, 0, 0})})) ==
          "net.json: /backbone/1: pool: found a max_pool with a window that lies beside the 2x2 map; allowed: windows "
          "of which a pixel at least is inside");
    CHECK(error_of(small({wide, max_pool("pool", 2, 1, {0, 0, 0, 2})})) ==
          "net.json: /backbone/1: pool: found a max_pool with a window that lies beside the 2x2 map; allowed: windows "
          "of which a pixel at least is inside");
    LayerDescription same = max_pool("pool", 2, 1, {0, 0, 0, 0}, PoolRounding::ceil);
    same.pad.reset();
    same.padding = PaddingRule::same;
    CHECK(error_of(small({wide, same})) ==
          "net.json: /backbone/1: pool: found a rounding beside the padding \"same\"; allowed: rounding with "
          "\"caffe\" only");
}

TEST_CASE("a max pool as a graph prints it, and one whose window has left its map") {
    Graph graph = build_graph(
        small({convolution("a", 4, 3, 2), max_pool("pool", 2, 1, {1, 1, 0, 0}), max_pool("all", 0, 1, {0, 0, 0, 0})}));
    CHECK(print_graph(graph).find("pool: max_pool 2x2/1 pads 1,1,0,0, a 2x2x4 -> pool 2x2x4\n"
                                  "all: max_pool 2x2/1, pool 2x2x4 -> all 1x1x4\n") != std::string::npos);
    auto& window = std::get<MaxPool>(graph.nodes[2].operation).window;
    window.rows.before = 2;
    CHECK_THROWS_WITH_AS(check_graph(graph),
                         "internal error: broken invariant: pool: each window of a max pool has a pixel of the map",
                         InternalError);
}

TEST_CASE("sizes that no network has") {
    Description description = small({convolution("a", 100000, 3), average_pool("pool", 0)});
    description.input.height = 16384;
    description.input.width = 16384;
    CHECK(error_of(description) ==
          "net.json: /input: found a map of 16384x16384x3; allowed: at most 1048576 channels and 268435456 values");
    description.input.width = 16385;
    CHECK(error_of(description) == "net.json: /input: found 16384x16385; allowed: sides of 1 to 16384");
    description.input.height = description.input.width = 1024;
    CHECK(error_of(description) ==
          "net.json: /backbone/0: a: found a map of 1024x1024x100000; allowed: at most 1048576 channels and 268435456 "
          "values");
    CHECK(error_of(small({convolution("a", 2, 2000)})) ==
          "net.json: /backbone/0: a: found kernel 2000, stride 1, dilation 1; allowed: 1 to 1024 each");
    CHECK(error_of(small({convolution("a", 1000000, 1), fully_connected("fc", 100)})) ==
          "net.json: /backbone/1: fc: found 100 outputs of 16000000 terms each; allowed: at most 268435456 weights a "
          "layer");
}

TEST_CASE("a broken graph is our own fault") {
    const Graph graph = with_random_weights(small({convolution("a", 4, 3, 2), average_pool("pool", 0)}));
    CHECK_NOTHROW(check_graph(graph));
    Graph broken = graph;
    std::get<Convolution>(broken.nodes[1].operation).bias.floats().pop_back();
    CHECK_THROWS_WITH_AS(check_graph(broken), "internal error: broken invariant: a: a bias an output", InternalError);
    broken = graph;
    broken.tensors[2].shape.height = 3;
    CHECK_THROWS_WITH_AS(check_graph(broken), "internal error: broken invariant: a: the window makes the output's size",
                         InternalError);
    broken = graph;
    std::swap(broken.nodes[1], broken.nodes[2]);
    CHECK_THROWS_WITH_AS(check_graph(broken),
                         "internal error: broken invariant: a node's input is made before it: pool", InternalError);
    broken = graph;
    broken.tensors.push_back({"extra", {1, 1, 1}});
    CHECK_THROWS_WITH_AS(check_graph(broken), "internal error: broken invariant: every tensor is made", InternalError);
}

TEST_CASE("a classifier may end in a map, whose values are the logits") {
    const Graph graph = build_graph(small({convolution("a", 4, 3, 2)}));
    CHECK(shape_of(graph, graph.logits) == Shape{2, 2, 4});
    CHECK(!graph.scores);
}

TEST_CASE("a graph prints as one line a node") {
    CHECK(print_graph(build_graph(small({convolution("a", 4, 3, 2), average_pool("pool", 0), softmax("prob")}))) ==
          "graph net alpha 1 rho 1\n"
          "input: normalise, input 4x4x3 -> input/normalised 4x4x3\n"
          "a: convolution 3x3/2 pads 1,1,1,1 (no weights), input/normalised 4x4x3 -> a 2x2x4\n"
          "pool: average_pool 2x2/1, a 2x2x4 -> pool 1x1x4\n"
          "prob: softmax, pool 1x1x4 -> prob 1x1x4\n");
    Description binary = small({convolution("a", 4, 3, 2), average_pool("pool", 0)});
    binary.scores = ScoreConversion::sigmoid;
    CHECK(print_graph(build_graph(binary)) ==
          "graph net alpha 1 rho 1\n"
          "input: normalise, input 4x4x3 -> input/normalised 4x4x3\n"
          "a: convolution 3x3/2 pads 1,1,1,1 (no weights), input/normalised 4x4x3 -> a 2x2x4\n"
          "pool: average_pool 2x2/1, a 2x2x4 -> pool 1x1x4\n"
          "scores: sigmoid\n");
}
