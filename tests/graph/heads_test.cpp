// Claims: any layer can be a source, the head's kernel may be 3, and its nodes stand right after their source.

#include "graph/networks.h"
#include "graph/priors.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

TEST_CASE("the 38x38 map as a seventh source") {
    Description description = config("mobilenet_ssd_voc");
    SourceDescription source = description.head->sources[0];
    source.layer = "conv5";
    source.min_sizes = {30};
    description.head->sources.insert(description.head->sources.begin(), source);
    const Graph graph = build_graph(description);
    CHECK(graph.head->sources.size() == 7);
    CHECK(graph.head->priors == 1917 + 38 * 38 * 3);
    CHECK(shape_text(graph, "conv5_mbox_loc") == "38x38x12");
    CHECK(shape_text(graph, "conv5_mbox_conf") == "38x38x63");
    CHECK(graph.head->sources[1].first_prior == 38 * 38 * 3);
    CHECK(prior_box(*graph.head, 0)[3] == doctest::Approx(30.0 / 300));
    CHECK(prior_box(*graph.head, 0)[0] == doctest::Approx(0.5 / 38));
}

TEST_CASE("a head kernel of 3 keeps the map under both padding rules") {
    for (const PaddingRule rule : {PaddingRule::caffe, PaddingRule::same}) {
        Description description = config("mobilenet_ssd_voc");
        description.head->kernel = 3;
        description.head->padding = rule;
        const Graph graph = build_graph(description);
        CHECK(graph.head->priors == 1917);
        const auto& head = std::get<Convolution>(node_of(graph, "conv11_mbox_loc").operation);
        CHECK(head.window.rows.kernel == 3);
        CHECK(pads_of(head.window) == Pads{1, 1, 1, 1});
        CHECK(macs(graph, node_of(graph, "conv11_mbox_loc")) == 19 * 19 * 12 * 512 * 9);
    }
}

TEST_CASE("the head's convolutions follow their source at once, the sources keep the description's order") {
    const Graph graph = build_graph(detector(
        8, 8, {convolution("a", 4, 3, 2), convolution("b", 4, 3, 2), convolution("c", 4, 3, 2)}, {"c", "a"}, 3));
    std::vector<std::string> names;
    for (const Node& node : graph.nodes) names.push_back(node.name);
    CHECK(names ==
          std::vector<std::string>{"input", "a", "a_mbox_loc", "a_mbox_conf", "b", "c", "c_mbox_loc", "c_mbox_conf"});
    CHECK(graph.head->sources[0].layer == "c");
    CHECK(graph.head->sources[1].first_prior == 2);
    CHECK(graph.head->priors == 2 + 32);
}

TEST_CASE("a layer may take the output of any earlier one") {
    Description description =
        detector(8, 8, {convolution("a", 4, 3, 2), convolution("b", 5, 3, 2), convolution("c", 6, 3)}, {"b", "c"}, 3);
    description.backbone[2].inputs = {"a"};
    const Graph graph = build_graph(description);
    CHECK(shape_text(graph, "c") == "4x4x6");
    CHECK(node_of(graph, "c").inputs[0] == tensor_of(graph, "a"));
}
