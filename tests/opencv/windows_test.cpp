// Windows that differ between rows and columns: what export writes of them is what OpenCV computes.

#include "description/read.h"
#include "opencv/judge.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Layers of every kind with a window, as Caffe can say them.
Zoo oblong_for_caffe() {
    Zoo zoo{"oblong"};
    zoo.picture = R"("height": 13, "width": 25, "channels": 3, "order": "bgr", "mean": [104, 117, 123],
                     "scale": [0.017, 0.02, 0.015])";
    zoo.rules = R"("padding": "caffe", "activation": "none")";
    zoo.layers = {convolution("c_3_5", 8, {3, 5}, {2, 1}),
                  depthwise("dw_1_7", {1, 7}, 1, R"("dilation": [1, 2])"),
                  convolution("c_dilated", 6, {3, 2}, {1, 2}, R"("dilation": [2, 3], "pad": [1, 2, 1, 2])"),
                  depthwise("dw_5_3", {5, 3}, {2, 1}, R"("dilation": [1, 2])"),
                  pool("pool", "[1, 5]", {2, 4}),
                  max_pool("most", "[2, 1]", {1, 2}, R"("pad": [1, 0, 1, 0], "rounding": "ceil")")};
    return zoo;
}

/// [height][width][channels] as planes.
std::vector<float> planes(const std::vector<double>& map, const Shape& shape) {
    std::vector<float> values;
    for (int channel = 0; channel < shape.channels; ++channel)
        for (int pixel = 0; pixel < shape.height * shape.width; ++pixel)
            values.push_back(static_cast<float>(map[static_cast<std::size_t>(pixel * shape.channels + channel)]));
    return values;
}

}  // namespace

TEST_CASE("kernels, strides, dilations and pads that differ between rows and columns, in every kind of layer") {
    const Exported network =
        export_network(parse_description(description_of(oblong_for_caffe()), "oblong.json"), {}, 5);
    const auto picture = test_picture({13, 25, 3});
    const auto ours = interpret(network.graph, picture);
    const std::vector<std::string> layers{"c_3_5", "dw_1_7", "c_dilated", "dw_5_3", "pool", "most"};
    auto theirs = run_opencv(network.files, network.graph, picture, layers);
    std::size_t compared = 0;
    for (const Node& node : network.graph.nodes) {
        if (theirs.count(node.name) == 0) continue;
        CAPTURE(node.name);
        const auto made = static_cast<std::size_t>(node.outputs[0]);
        const Shape& shape = network.graph.tensors[made].shape;
        CHECK(share_of_magnitude(theirs.at(node.name), planes(ours[made], shape)) < 1e-5);
        ++compared;
    }
    CHECK(compared == layers.size());
}
