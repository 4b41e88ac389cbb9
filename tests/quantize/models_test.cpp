// Claims: networks that were trained keep what they find: the detector of the shared models, its weights dequantized
// and quantized again, and the demo's.

#include "description/read.h"
#include "graph/build.h"
#include "import/import.h"
#include "passes/dequantize.h"
#include "passes/fold_batch_norm.h"
#include "quantize/detector.h"
#include "quantize/pictures.h"
#include "quantize/quantize.h"
#include "reference/float_executor.h"
#include "reference/quantized_executor.h"
#include "support/files.h"
#include "tools/shell.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;
using application::Found;

namespace {

std::vector<Found> found_in(const Graph& real, const InputPicture& picture) {
    const auto values = FloatExecutor(real).run(picture.bytes);
    return DetectorHead(real).find(0, [&](TensorId id) { return values[static_cast<std::size_t>(id)]; });
}

std::vector<Found> found_in_integers(const Graph& quantized, const InputPicture& picture) {
    const QuantizedExecutor executor(quantized, Requantization::float_product);
    const QuantizedValues values = executor.run(picture.bytes);
    return DetectorHead(quantized).find(0, [&](TensorId id) { return executor.real_values(id, values); });
}

/// The score of the detection of that class that overlaps most, if by more than a half; else 0.
double score_of_same(const std::vector<Found>& all, const Found& one) {
    double best = 0.5, score = 0;
    for (const Found& other : all) {
        const double overlap = application::overlap_of(one.box, other.box);
        if (other.label != one.label || overlap <= best) continue;
        best = overlap;
        score = other.score;
    }
    return score;
}

/// How many detections of 0.4 and more there are, all of them with nearly that score among the others.
int check_same(const std::vector<Found>& expected, const std::vector<Found>& found, double most) {
    int count = 0;
    for (const Found& one : expected) {
        if (one.score < 0.4) continue;
        ++count;
        CAPTURE(one.label);
        CAPTURE(one.score);
        CHECK(std::abs(score_of_same(found, one) - one.score) <= most);
    }
    return count;
}

Graph real_graph(Graph graph) { return fold_batch_norm(dequantize(std::move(graph))); }

}  // namespace

TEST_CASE("the shared detector, quantized again on four photographs, keeps detections above 0.4 within 0.05") {
    if (lacks(need::models)) return;
    const TemporaryFolder folder;
    std::string list;
    for (const char* name : {"grace_hopper", "cat_720p", "pets", "street"})
        list += models_folder + "/images/" + name + ".jpg\n";
    write_if_changed(folder.path("list.txt"), list);
    const Imported imported = import_model(models_folder + "/coco_ssd_mobilenet_v1_quant.tflite", {});
    Graph graph = build_graph(imported.description);
    bind_weights(graph, imported.description, imported.weights);
    const Graph real = real_graph(graph);
    for (const RangeMethod method : {RangeMethod::percentile, RangeMethod::mse, RangeMethod::minmax}) {
        CAPTURE(std::string(word(method)));
        QuantizeOptions options;
        options.pictures = folder.path("list.txt");
        options.method = method;
        options.threads = 2;
        const QuantizedNetwork quantized = quantize_network(graph, options);
        int count = 0;
        for (const InputPicture& picture : read_pictures(options.pictures, real, 1).pictures) {
            CAPTURE(picture.name);
            const auto expected = found_in(real, picture), found = found_in_integers(quantized.graph, picture);
            count += check_same(expected, found, 0.05);
            check_same(found, expected, 0.06);
        }
        CHECK(count >= 16);
    }
}

TEST_CASE("the demo's detector, quantized on its sample alone, finds in it what it found") {
    const std::string demo = SSDGEN_SOURCE_DIR "/configs/demo/";
    const TemporaryFolder folder;
    write_if_changed(folder.path("list.txt"), demo + "sample.jpg\n");
    const Description description = read_description(demo + "emoji_voc.json");
    Graph graph = build_graph(description);
    bind_weights(graph, description, read_weights(demo + "emoji_voc_050_192.safetensors", description));
    QuantizeOptions options;
    options.pictures = folder.path("list.txt");
    options.threads = 2;
    const QuantizedNetwork quantized = quantize_network(graph, options);
    const Graph real = real_graph(graph);
    const InputPicture picture = read_pictures(options.pictures, real, 1).pictures[0];
    CHECK(check_same(found_in(real, picture), found_in_integers(quantized.graph, picture), 0.1) >= 5);
}
