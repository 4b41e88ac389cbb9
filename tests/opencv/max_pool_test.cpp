// Max pools as export writes them: OpenCV has the same maps as the interpreter that the emitted code is tested with.

#include "description/read.h"
#include "opencv/judge.h"
#include "reference/interpreter.h"
#include "reference/test_picture.h"
#include "tools/zoo.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// A classifier, as Caffe can say it: a convolution, the pool, and scores of its whole map.
Description pooled(const std::string& name, int height, int width, const std::string& pool) {
    Zoo zoo{name};
    zoo.picture = fmt::format(
        R"("height": {}, "width": {}, "channels": 3, "order": "bgr", "mean": [104, 117, 123], "scale": [0.017, 0.02, 0.015])",
        height, width);
    zoo.layers = {convolution("c0", 11, 3, 1, R"("activation": "none")"), pool, fully_connected("fc", 10)};
    return parse_description(description_of(zoo), name + ".json");
}

std::vector<Description> networks() {
    std::vector<Description> all;
    int number = 0;
    for (const std::string& pool :
         {max_pool("m", "2", 2, R"("rounding": "ceil")"), max_pool("m", "3", 2, R"("pad": 0, "rounding": "ceil")"),
          max_pool("m", "3", 2, R"("rounding": "ceil")"), max_pool("m", "2", 2, R"("pad": 1, "rounding": "ceil")"),
          max_pool("m", "3", 1), max_pool("m", "3", 3, R"("pad": [2, 1, 2, 1], "rounding": "ceil")"),
          max_pool("m", "\"global\"")})
        for (const auto& [height, width] : {std::pair(7, 12), std::pair(10, 9)})
            all.push_back(pooled(fmt::format("pooled_{}", number++), height, width, pool));
    // Rounded down, or as TensorFlow pads, where Caffe has as many windows.
    all.push_back(pooled("rounded_down", 8, 12, max_pool("m", "2", 2)));
    all.push_back(pooled("as_tensorflow", 8, 12, max_pool("m", "3", 2, R"("padding": "same")")));
    return all;
}

/// A map of that name as OpenCV has it: [channels][height][width].
std::vector<float> planes(const Graph& graph, const std::vector<std::vector<double>>& values, const std::string& name) {
    for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
        if (graph.tensors[i].name != name) continue;
        const auto channels = static_cast<std::size_t>(graph.tensors[i].shape.channels);
        std::vector<float> planes;
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t at = c; at < values[i].size(); at += channels)
                planes.push_back(static_cast<float>(values[i][at]));
        return planes;
    }
    return {};
}

}  // namespace

TEST_CASE("OpenCV's max pools, rounded up and down, have the same windows") {
    for (const Description& description : networks()) {
        CAPTURE(description.name);
        const Exported network = export_network(description, {}, 1);
        const auto& input = network.graph.tensors[static_cast<std::size_t>(network.graph.input)];
        const std::vector<std::uint8_t> picture = test_picture(input.shape);
        auto theirs = run_opencv(network.files, network.graph, picture, {"m", "fc"});
        const auto ours = interpret(network.graph, picture);
        CHECK(share_of_magnitude(planes(network.graph, ours, "m"), theirs.at("m")) < 1e-5);
        CHECK(share_of_magnitude(planes(network.graph, ours, "fc"), theirs.at("fc")) < 1e-5);
    }
}
