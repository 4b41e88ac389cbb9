// Claims: the interpreter gives the reference results of the two published networks (shared/models/README.md).

#include "graph/networks.h"
#include "import/import.h"
#include "reference/interpreter.h"
#include "support/files.h"
#include "tools/skip.h"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string models = SSDGEN_SOURCE_DIR "/../shared/models/";

std::vector<float> floats_of(const std::string& path) {
    const std::string bytes = read_file(path);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

struct Run {
    Graph graph;
    std::vector<std::vector<double>> values;
};

Run run_model(const std::string& model, const std::string& picture) {
    const Imported imported = import_tflite(models + model, {});
    Graph graph = build_graph(imported.description);
    bind_weights(graph, imported.description, imported.weights);
    const std::string bytes = read_file(models + "reference/" + picture);
    return {graph, interpret(graph, std::vector<std::uint8_t>(bytes.begin(), bytes.end()))};
}

double largest_difference(const double* found, const float* expected, std::size_t count) {
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i) largest = std::fmax(largest, std::fabs(found[i] - expected[i]));
    return largest;
}

}  // namespace

TEST_CASE("the classifier of width 0.25 gives the reference's logits and scores") {
    if (test::lacks(test::need::models)) return;
    for (const char* name : {"cat_720p", "grace_hopper"}) {
        const Run run = run_model("mobilenet_v1_0.25_128_quant.tflite", std::string(name) + ".128.u8");
        const std::string stem = models + "reference/" + name + ".mobilenet_v1_0.25_128_quant.";
        const std::vector<double>& logits = run.values[static_cast<std::size_t>(run.graph.logits)];
        REQUIRE(logits.size() == 1001);
        CHECK(largest_difference(logits.data(), floats_of(stem + "logits.f32").data(), 1001) < 1e-4);
        const std::vector<double>& scores = run.values.back();
        CHECK(largest_difference(scores.data(), floats_of(stem + "scores.f32").data(), 1001) < 1e-5);
    }
}

TEST_CASE("the detector of width 0.75 gives the reference's boxes and logits") {
    if (test::lacks(test::need::models)) return;
    const Run run = run_model("coco_ssd_mobilenet_v1_quant.tflite", "grace_hopper.300.u8");
    const std::vector<float> boxes = floats_of(models + "reference/grace_hopper.boxes.f32");
    const std::vector<float> logits = floats_of(models + "reference/grace_hopper.logits.f32");
    REQUIRE(boxes.size() == 1917 * 4);
    for (const HeadSource& source : run.graph.head->sources) {
        CAPTURE(source.layer);
        const auto first = static_cast<std::size_t>(source.first_prior);
        const std::vector<double>& found_boxes = run.values[static_cast<std::size_t>(source.boxes)];
        const std::vector<double>& found_logits = run.values[static_cast<std::size_t>(source.logits)];
        CHECK(largest_difference(found_boxes.data(), boxes.data() + first * 4, found_boxes.size()) < 1e-4);
        CHECK(largest_difference(found_logits.data(), logits.data() + first * 91, found_logits.size()) < 1e-4);
    }
}
