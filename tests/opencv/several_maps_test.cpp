// Claims: layers of several maps, exported and imported again, are what OpenCV computes with them.

#include "description/read.h"
#include "import/caffe/import.h"
#include "opencv/judge.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"
#include "tools/branches.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// [channels][height][width] of the map of that name, as Caffe has it.
std::vector<float> planes_of(const Graph& graph, const std::vector<std::vector<double>>& values,
                             const std::string& name) {
    const auto found = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                    [&](const Tensor& tensor) { return tensor.name == name; });
    REQUIRE(found != graph.tensors.end());
    const std::vector<double>& map = values[static_cast<std::size_t>(found - graph.tensors.begin())];
    const auto channels = static_cast<std::size_t>(found->shape.channels);
    std::vector<float> planes;
    for (std::size_t channel = 0; channel < channels; ++channel)
        for (std::size_t i = channel; i < map.size(); i += channels) planes.push_back(static_cast<float>(map[i]));
    return planes;
}

/// layers: those of the Caffe files that make the maps, an activation NAME/relu the map of NAME.
void check_maps(const std::string& text, const std::vector<std::string>& layers) {
    const Description description = parse_description(text, "net.json");
    const Exported network = export_network(description, {}, 7);
    const Imported again =
        import_caffemodel_bytes(network.files.caffemodel, "net.caffemodel", network.files.prototxt, "net.prototxt",
                                {description.input.mean, description.input.scale, description.input.order, ""});
    Graph imported = build_graph(again.description);
    bind_weights(imported, again.description, again.weights);

    const auto picture = test_picture(network.graph.tensors[static_cast<std::size_t>(network.graph.input)].shape);
    const auto theirs = run_opencv(network.files, network.graph, picture, layers);
    const auto ours = interpret(network.graph, picture), read_back = interpret(imported, picture);
    for (const std::string& layer : layers) {
        CAPTURE(layer);
        const std::string map = layer.substr(0, layer.find('/'));
        CHECK(share_of_magnitude(theirs.at(layer), planes_of(network.graph, ours, map)) < 1e-5);
        CHECK(share_of_magnitude(theirs.at(layer), planes_of(imported, read_back, map)) < 1e-5);
    }
}

}  // namespace

TEST_CASE("sums of two maps and of three, with and without an activation after them: OpenCV gives the same maps") {
    check_maps(description_with_sums(), {"residual", "clipped/relu6", "three/relu", "twice", "fc"});
}

TEST_CASE("joined channels of two maps and of three, of one map twice, joined again: OpenCV gives the same maps") {
    check_maps(description_with_concats(), {"fire", "dense", "twice", "sum/relu", "last", "fc"});
}
