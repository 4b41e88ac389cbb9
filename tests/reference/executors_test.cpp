// Claims: the executors that calibration runs on give what the interpreters give: in f32 to within rounding, with whole
// numbers byte for byte.

#include "graph/networks.h"
#include "import/import.h"
#include "reference/float_executor.h"
#include "reference/integer_interpreter.h"
#include "reference/interpreter.h"
#include "reference/quantized_executor.h"
#include "reference/test_picture.h"
#include "support/files.h"
#include "tools/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string models = SSDGEN_SOURCE_DIR "/../shared/models/";

/// The largest difference of a map, over its largest magnitude.
double difference(const std::vector<double>& expected, const FloatValues& found) {
    REQUIRE(expected.size() == found.size());
    double most = 0, largest = 1e-30;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        most = std::max(most, std::abs(expected[i] - static_cast<double>(found[i])));
        largest = std::max(largest, std::abs(expected[i]));
    }
    return most / largest;
}

void check_floats(const Graph& graph, const std::vector<std::uint8_t>& picture) {
    const auto expected = interpret(graph, picture);
    const auto found = FloatExecutor(graph).run(picture);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(graph.tensors[i].name);
        CHECK(difference(expected[i], found[i]) < 1e-4);
    }
}

/// Every kind of layer, windows of several sizes, more outputs than one block.
Graph all_kinds() {
    Description description = classifier(
        11, 9, 3,
        {convolution("conv", 70, 3, 2), depthwise("dw", 3), pointwise("pw", 130), max_pool("most", 3, 2, {1, 1, 1, 1}),
         convolution("wide", 5, {3, 1}), convolution("left", 5, 1), layer(LayerKind::add, "sum", 0),
         layer(LayerKind::concat, "both", 0), average_pool("mean", 0), fully_connected("fc", 7), softmax("prob")});
    description.backbone[5].inputs = {"most"};
    description.backbone[6].inputs = {"wide", "left"};
    description.backbone[7].inputs = {"sum", "wide"};
    description.backbone[4].pad = Pads{1, 0, 1, 0};
    description.backbone[0].activation = Activation::relu6;
    description.backbone[2].activation = Activation::relu;
    Graph graph = build_graph(description);
    bind_weights(graph, description, random_weights(expected_tensors(graph), 3));
    return graph;
}

}  // namespace

TEST_CASE("the f32 executor is within 1e-4 of the interpreter, of every kind of layer") {
    const Graph graph = all_kinds();
    check_floats(graph, test_picture(shape_of(graph, graph.input)));
}

TEST_CASE("a watcher of the f32 executor sees the sums before the activation") {
    const Graph graph = all_kinds();
    bool below = false, seen = false;
    const auto watch = [&](const Node& node, const FloatValues& sums) {
        if (node.name != "pw") return;
        seen = true;
        below = std::any_of(sums.begin(), sums.end(), [](float value) { return value < 0; });
    };
    const auto values = FloatExecutor(graph).run(test_picture(shape_of(graph, graph.input)), watch);
    CHECK(seen);
    CHECK(below);
    const FloatValues& after = values[static_cast<std::size_t>(tensor_of(graph, "pw"))];
    CHECK(*std::min_element(after.begin(), after.end()) == 0);
}

TEST_CASE(
    "the executor of whole numbers gives the interpreter's bytes of the shared networks, in all three arithmetics") {
    if (lacks(need::models)) return;
    const struct {
        std::string name, input;
    } cases[] = {{"mobilenet_v1_0.25_128_quant", "cat_720p.128"},
                 {"person_detect", "grace_hopper.96.gray"},
                 {"vww_96_int8", "grace_hopper.96"}};
    for (const auto& [name, input] : cases) {
        CAPTURE(name);
        const Imported imported = import_tflite(models + name + ".tflite", {});
        Graph graph = build_graph(imported.description);
        bind_weights(graph, imported.description, imported.weights);
        const std::string bytes = read_file(models + "reference/" + input + ".u8");
        const std::vector<std::uint8_t> picture(bytes.begin(), bytes.end());
        for (const Requantization rule :
             {Requantization::two_roundings, Requantization::ruy, Requantization::float_product}) {
            const auto expected = interpret_integers(graph, picture, rule);
            const auto found = QuantizedExecutor(graph, rule).run(picture);
            for (std::size_t i = 0; i < expected.size(); ++i) {
                CAPTURE(graph.tensors[i].name);
                CHECK(expected[i] == found.stored[i]);
            }
        }
    }
}
