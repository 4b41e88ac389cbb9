// Claims: the tensors that are described are those that binding takes, all of them and no others.

#include "graph/tensors.h"

#include "graph/networks.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Values of 0.5 for every tensor, the optional ones too if so wanted.
Weights weights_of(const std::vector<TensorFacts>& tensors, bool optional) {
    Weights weights;
    weights.file = "w.safetensors";
    for (const TensorFacts& tensor : tensors) {
        if (tensor.optional && (!optional || tensor.name == "priors")) continue;
        std::size_t count = 1;
        for (const int size : tensor.shape) count *= static_cast<std::size_t>(size);
        weights.tensors[tensor.name] = {tensor.shape, std::vector<float>(count, 0.5F)};
    }
    return weights;
}

const TensorFacts& named(const std::vector<TensorFacts>& tensors, const std::string& name) {
    for (const TensorFacts& tensor : tensors)
        if (tensor.name == name) return tensor;
    throw InternalError("no tensor " + name);
}

}  // namespace

TEST_CASE("a file of all the tensors described is bound, and so is one without the optional ones") {
    for (const char* name : {"mobilenet_ssd_voc", "mobilenet_ssd_coco", "mobilenet_v1_imagenet", "specimen"}) {
        Description description = config(name);
        for (const bool optional : {false, true}) {
            description.batch_norm_epsilon = 0.001F;
            Graph graph = build_graph(description, {0.25, 0.5});
            const std::vector<TensorFacts> tensors = describe_tensors(graph, description);
            CHECK_NOTHROW(bind_weights(graph, description, weights_of(tensors, optional)));
        }
        description.batch_norm_epsilon.reset();
        for (const TensorFacts& tensor : describe_tensors(build_graph(description), description))
            CHECK(tensor.optional == (tensor.name == "priors"));
    }
}

TEST_CASE("every tensor that is expected is described, in the same order") {
    const Description description =
        detector(16, 16, {convolution("conv", 4, 3, 2), depthwise("dw", 3), pointwise("pw", 8)}, {"conv", "pw"}, 5);
    const Graph graph = build_graph(description);
    std::vector<std::string> described, expected;
    for (const TensorFacts& tensor : describe_tensors(graph, description))
        if (!tensor.optional) described.push_back(tensor.name);
    for (const TensorSpec& spec : expected_tensors(graph)) expected.push_back(spec.name);
    CHECK(described == expected);
}

TEST_CASE("the axes of a tensor are named, and how a predictor's outputs are numbered") {
    Description description = detector(16, 16, {convolution("conv", 4, 3, 2), depthwise("dw", 3)}, {"dw"}, 5);
    const auto layout = [&](const std::string& name) {
        return named(describe_tensors(build_graph(description), description), name).layout;
    };
    CHECK(layout("conv.weight") == "[out][in][kernel y][kernel x]");
    CHECK(layout("conv.bias") == "[out]");
    CHECK(layout("dw.weight") == "[channel][1][kernel y][kernel x]");
    CHECK(layout("dw.bias") == "[channel]");
    CHECK(layout("dw_mbox_conf.weight") == "[out][in][kernel y][kernel x], out = box * 5 + class");
    CHECK(layout("dw_mbox_loc.bias") == "[out], out = box * 4 + (x, y, w, h)");
    CHECK(layout("priors") == "[prior][centre y, centre x, height, width], relative to the picture");
    description.head->box_code.order = BoxOrder::yxhw;
    CHECK(layout("dw_mbox_loc.weight") == "[out][in][kernel y][kernel x], out = box * 4 + (y, x, h, w)");
    description = classifier(4, 4, 3, {fully_connected("fc", 3)});
    CHECK(layout("fc.weight") == "[out][in], in = (channel * height + y) * width + x");
}
