// Claims: the literature's counts (DESIGN.md section 3) and the totals of SEMANTICS.md 2.6.

#include "graph/networks.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// Nodes with weights.
int weighted(const Graph& graph) {
    int count = 0;
    for (const Node& node : graph.nodes) count += parameters(graph, node) > 0 ? 1 : 0;
    return count;
}

void check_totals(const Description& description, double alpha, double macs_in_millions,
                  double parameters_in_millions) {
    const Graph graph = build_graph(description, {alpha, {}});
    CHECK(std::round(static_cast<double>(total_macs(graph)) / 1e5) / 10 == doctest::Approx(macs_in_millions));
    CHECK(std::round(static_cast<double>(total_parameters(graph)) / 1e3) / 1e3 ==
          doctest::Approx(parameters_in_millions));
}

}  // namespace

TEST_CASE("the classifier has 28 layers, 569 million multiply-adds and 4.2 million parameters") {
    const Graph graph = build_graph(config("mobilenet_v1_imagenet"));
    CHECK(weighted(graph) == 28);
    CHECK(total_macs(graph) == 568741376);  // with 1001 classes; 568.74 M in the paper's Table 8 as 569
    CHECK(graph.scores == ScoreConversion::softmax);
    CHECK(shape_text(graph, "conv13") == "7x7x1024");
    CHECK(graph.tensors[static_cast<std::size_t>(graph.logits)].name == "fc");
}

TEST_CASE("the detector has 8 layers after conv13 and six sources with the published heads") {
    const Description description = config("mobilenet_ssd_voc");
    const Graph graph = build_graph(description);
    CHECK(description.extras.size() == 8);
    CHECK(weighted(graph) == 27 + 8 + 12);
    const std::vector<std::string> layers{"conv11", "conv13", "conv14_2", "conv15_2", "conv16_2", "conv17_2"};
    const std::vector<int> maps{19, 10, 5, 3, 2, 1};
    const std::vector<int> boxes{3, 6, 6, 6, 6, 6};
    REQUIRE(graph.head->sources.size() == 6);
    int first = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        const HeadSource& source = graph.head->sources[i];
        CHECK(source.layer == layers[i]);
        CHECK(source.boxes_per_cell == boxes[i]);
        CHECK(source.first_prior == first);
        CHECK(shape_of(graph, source.boxes) == Shape{maps[i], maps[i], i == 0 ? 12 : 24});
        CHECK(shape_of(graph, source.logits) == Shape{maps[i], maps[i], i == 0 ? 63 : 126});
        first += maps[i] * maps[i] * boxes[i];
    }
    CHECK(first == 1917);
    CHECK(graph.head->priors == 1917);
}

TEST_CASE(
    "a 3x3 from 16 to 32 channels costs 656 multiply-adds a pixel as a separable block, 4608 as one convolution") {
    const Graph graph = build_graph(classifier(
        5, 4, 3, {convolution("in", 16, 3), depthwise("dw", 3), pointwise("pw", 32), average_pool("pool", 0)}));
    CHECK(macs(graph, node_of(graph, "dw")) + macs(graph, node_of(graph, "pw")) == 656 * 20);
    const Graph standard = build_graph(
        classifier(5, 4, 3, {convolution("in", 16, 3), convolution("conv", 32, 3), average_pool("pool", 0)}));
    CHECK(macs(standard, node_of(standard, "conv")) == 4608 * 20);
    CHECK(656.0 / 4608 == doctest::Approx(1.0 / 32 + 1.0 / 9));
    CHECK(parameters(graph, node_of(graph, "dw")) == 16 * 9 + 16);
    CHECK(parameters(standard, node_of(standard, "conv")) == 16 * 32 * 9 + 32);
}

TEST_CASE("the width multiplier under gen.py's rule") {
    const Description description = config("mobilenet_ssd_voc");
    check_totals(description, 1, 1148.5, 5.783);
    check_totals(description, 0.75, 682.6, 4.282);
    check_totals(description, 0.5, 342.1, 3.173);
    check_totals(description, 0.25, 127.2, 2.457);
}

TEST_CASE("the width multiplier under slim's rule, which scales the extras too") {
    Description description = config("mobilenet_ssd_voc");
    description.alpha_scales = {Section::backbone, Section::extras};
    description.channel_rounding = ChannelRounding::floor_min_8;
    check_totals(description, 0.75, 661.5, 3.333);
    check_totals(description, 0.5, 307.8, 1.552);
    check_totals(description, 0.25, 87.3, 0.442);
}

TEST_CASE("the published detector of width 0.75 has 4.10 million weights and 728 million multiply-adds") {
    const Graph graph = build_graph(config("mobilenet_ssd_coco"), {0.75, {}});
    CHECK(std::round(static_cast<double>(total_parameters(graph)) / 1e4) == 410);
    CHECK(std::round(static_cast<double>(total_macs(graph)) / 1e6) == 728);
    CHECK(shape_text(graph, "conv0") == "150x150x24");
    CHECK(shape_text(graph, "conv13") == "10x10x768");
    CHECK(shape_text(graph, "conv14_2") == "5x5x384");
}
