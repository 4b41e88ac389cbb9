// What export writes, import reads back: the same network, the same weights.

#include "export/caffe.h"

#include "description/read.h"
#include "description/write.h"
#include "graph/build.h"
#include "graph/priors.h"
#include "import/caffe/import.h"
#include "passes/fold_batch_norm.h"
#include "support/error.h"
#include "tools/branches.h"
#include "weights/random.h"

#include <doctest/doctest.h>
#include <fmt/ranges.h>

using namespace ssdgen;

namespace {

Description config(const char* name) { return read_description(std::string(SSDGEN_SOURCE_DIR "/configs/") + name); }

ImportOptions options_of(const Description& description) {
    return {description.input.mean, description.input.scale, description.input.order, ""};
}

Imported import_back(const CaffeFiles& files, const Description& description) {
    return import_caffemodel_bytes(files.caffemodel, "net.caffemodel", files.prototxt, "net.prototxt",
                                   options_of(description));
}

CaffeFiles export_with(const Description& description, const Multipliers& multipliers, const Weights& weights) {
    Graph graph = build_graph(description, multipliers);
    bind_weights(graph, description, weights);
    return export_caffe(graph, description);
}

Weights random(const Description& description, const Multipliers& multipliers) {
    return random_weights(expected_tensors(build_graph(description, multipliers)), 5);
}

std::string error_of(const Description& description) {
    try {
        export_with(description, {0.25, 0.5}, random(description, {0.25, 0.5}));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

/// The classifier as Caffe can say it.
Description caffe_classifier() {
    Description description = config("mobilenet_v1_imagenet.json");
    for (LayerDescription& layer : description.backbone) layer.padding = PaddingRule::caffe;
    return description;
}

/// Without the first line, which states alpha and rho; with every default box.
std::string graph_text(const Description& description, const Multipliers& multipliers) {
    const Graph graph = build_graph(description, multipliers);
    std::string text = print_graph(graph);
    for (int i = 0; graph.head && i < graph.head->priors; ++i)
        text += fmt::format("{}\n", fmt::join(prior_box(*graph.head, i), " "));
    return text.substr(text.find('\n'));
}

void check_round_trip(const Description& description, const Multipliers& multipliers) {
    const Weights weights = random(description, multipliers);
    const CaffeFiles files = export_with(description, multipliers, weights);
    const Imported back = import_back(files, description);
    CHECK(back.weights.tensors.size() == weights.tensors.size());
    for (const auto& [name, tensor] : weights.tensors) {
        CAPTURE(name);
        REQUIRE(back.weights.tensors.count(name) == 1);
        CHECK(back.weights.tensors.at(name).shape == tensor.shape);
        CHECK(back.weights.tensors.at(name).values() == tensor.values());
    }
    // The same graph: shapes, windows, default boxes.
    CHECK(graph_text(back.description, {}) == graph_text(description, multipliers));
    // Exported again, the same bytes; imported again, the same description.
    const CaffeFiles again = export_with(back.description, {}, back.weights);
    CHECK(again.prototxt == files.prototxt);
    CHECK(again.caffemodel == files.caffemodel);
    CHECK(write_description(import_back(again, description).description) == write_description(back.description));
    // For the files' own description the weights are taken straight from the .caffemodel.
    CHECK(read_caffemodel_weights(files.caffemodel, "net.caffemodel", back.description).tensors.size() ==
          weights.tensors.size());
}

}  // namespace

TEST_CASE("a network at alpha 1 and rho 1 comes back as it was, but for what Caffe has no words for") {
    Description description = config("mobilenet_ssd_voc.json");
    const Imported back = import_back(export_with(description, {}, random(description, {})), description);
    description.alpha_scales = {Section::backbone, Section::extras};
    description.batch_norm_epsilon.reset();
    CHECK(write_description(back.description) == write_description(description));
}

TEST_CASE("detectors and classifiers come back, with the weights bit for bit") {
    for (const double alpha : {1.0, 0.3})
        for (const double rho : {1.0, 0.43}) {
            CAPTURE(alpha);
            CAPTURE(rho);
            Description detector = config("mobilenet_ssd_voc.json");
            check_round_trip(detector, {alpha, rho});
            detector.head->kernel = 3;
            if (rho == 1) detector.head->sources[0].step = {16, 20};  // under rho it is rounded once more
            detector.head->priors.flip = false;
            for (SourceDescription& source : detector.head->sources)
                source.boxes -= static_cast<int>(source.aspect_ratios.size());
            check_round_trip(detector, {alpha, rho});
            check_round_trip(caffe_classifier(), {alpha, rho});
        }
}

TEST_CASE("windows that differ between rows and columns come back") {
    Description description = caffe_classifier();
    description.backbone[0].kernel = {3, 5};
    description.backbone[0].stride = {2, 1};
    description.backbone[1].kernel = {1, 7};
    description.backbone[1].dilation = {2, 3};
    description.backbone[3].stride = {2, 1};
    description.backbone[3].pad = Pads{1, 0, 1, 0};
    description.classifier[0].kernel = {1, 2};
    description.classifier[0].stride = {3, 2};
    check_round_trip(description, {0.3, 128.0 / 224});
    description.classifier[0].stride = {2, 3};
    CHECK(error_of(description) ==
          description.file +
              ": /classifier/0: found pool, whose windows of 1x2 with stride 2x3 leave over some of the 4x14 map, "
              "where Caffe would have one more; allowed for Caffe: windows that use it up");
}

TEST_CASE("sums come back with their maps and activations, an Eltwise each") {
    const Description description = parse_description(test::description_with_sums(), "net.json");
    check_round_trip(description, {});
    const CaffeFiles files = export_with(description, {}, random(description, {}));
    const std::string three =
        "name: \"three\"\n  type: \"Eltwise\"\n  bottom: \"branch\"\n  bottom: \"clipped\"\n  bottom: \"wide\"\n"
        "  top: \"three\"\n  eltwise_param {\n    operation: SUM\n  }\n}\nlayer {\n  name: \"three/relu\"\n";
    CHECK(files.prototxt.find(three) != std::string::npos);
}

TEST_CASE("joined channels come back with their maps, a Concat each") {
    const Description description = parse_description(test::description_with_concats(), "net.json");
    check_round_trip(description, {});
    const CaffeFiles files = export_with(description, {}, random(description, {}));
    const std::string dense =
        "name: \"dense\"\n  type: \"Concat\"\n  bottom: \"stem\"\n  bottom: \"deep\"\n  bottom: \"fire\"\n"
        "  top: \"dense\"\n  concat_param {\n    axis: 1\n  }\n}\n";
    CHECK(files.prototxt.find(dense) != std::string::npos);
}

TEST_CASE("batch norms are folded as the pass folds them") {
    const Description description = config("mobilenet_ssd_voc.json");
    Graph graph = build_graph(description, {0.25, 0.43});
    Weights weights = random(description, {0.25, 0.43});
    weights.tensors["conv0.batch_norm.mean"] = {{8}, {1, 2, 3, 4, 5, 6, 7, 8}};
    weights.tensors["conv0.batch_norm.variance"] = {{8}, {1, 2, 3, 4, 5, 6, 7, 8}};
    weights.tensors["conv0.batch_norm.gamma"] = {{8}, {2, 2, 2, 2, 2, 2, 2, 2}};
    weights.tensors["conv0.batch_norm.beta"] = {{8}, {1, 1, 1, 1, 1, 1, 1, 1}};
    bind_weights(graph, description, weights);
    const Graph folded_graph = fold_batch_norm(graph);
    const auto& folded = std::get<Convolution>(folded_graph.nodes[1].operation);
    const Imported back = import_back(export_caffe(graph, description), description);
    CHECK(back.weights.tensors.at("conv0.bias").values() == folded.bias.values());
    CHECK(back.weights.tensors.at("conv0.weight").values()[0] == folded.weights.floats()[0]);
}

TEST_CASE("what Caffe cannot say is refused, by its key") {
    const std::string voc = SSDGEN_SOURCE_DIR "/configs/mobilenet_ssd_voc.json";
    const auto changed = [&](auto&& change) {
        Description description = config("mobilenet_ssd_voc.json");
        change(description);
        return error_of(description);
    };
    CHECK(changed([](Description& d) { d.head->scores = ScoreConversion::sigmoid; }) ==
          voc + ": /head/scores: found \"sigmoid\"; allowed for Caffe: \"softmax\"");
    CHECK(changed([](Description& d) { d.head->box_code.order = BoxOrder::yxhw; }) ==
          voc + ": /head/box_code/order: found \"yxhw\"; allowed for Caffe: \"xywh\"");
    CHECK(changed([](Description& d) { d.head->post_processing.dialect = Dialect::tflite_fast; }) ==
          voc + ": /head/post_processing/dialect: found \"tflite-fast\"; allowed for Caffe: \"caffe-ssd\"");
    CHECK(changed([](Description& d) { d.head->post_processing.clip_boxes = true; }) ==
          voc + ": /head/post_processing/clip_boxes: found true; allowed for Caffe: false");
    CHECK(changed([](Description& d) { d.head->priors.convention = PriorConvention::table; }) ==
          voc + ": /head/priors/convention: found \"table\"; allowed for Caffe: \"caffe\"");
    CHECK(changed([](Description& d) { d.backbone[0].padding = PaddingRule::same; }) ==
          voc +
              ": /backbone/0: found conv0, padded by 0 above, 0 on the left, 1 below and 1 on the right; allowed for "
              "Caffe: the same on opposite sides");
    CHECK(changed([](Description& d) { d.backbone[1].name = "data"; }) ==
          voc + ": has a layer named 'data', a name that the head or an activation takes in Caffe; allowed: another");
    Description classifier = caffe_classifier();
    classifier.classifier[0].kernel = 3;
    classifier.classifier[0].stride = 2;
    classifier.classifier[0].pad = Pads{0, 0, 0, 0};
    CHECK(error_of(classifier) ==
          classifier.file +
              ": /classifier/0: found pool, whose windows of 3 with stride 2 leave over some of the 4x4 map, "
              "where Caffe would have one more; allowed for Caffe: windows that use it up");
}

namespace {

/// The classifier with max pools in its backbone: after the first layer (on a map of 112x112) and on 28x28.
Description pooled_classifier(const std::vector<LayerDescription>& pools) {
    Description description = caffe_classifier();
    std::vector<LayerDescription>& layers = description.backbone;
    layers.insert(layers.begin() + 1, pools.begin(), pools.end());
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i].pointer = fmt::format("/backbone/{}", i);
    return description;
}

LayerDescription max_pool(const char* name, int kernel, int stride, std::optional<Pads> pads, PoolRounding rounding) {
    LayerDescription pool;
    pool.kind = LayerKind::max_pool;
    pool.name = name;
    pool.kernel = kernel;
    pool.stride = stride;
    pool.pad = pads;
    pool.rounding = rounding;
    return pool;
}

}  // namespace

TEST_CASE("max pools come back, with their rounding") {
    const Description description = pooled_classifier({max_pool("max1", 3, 2, std::nullopt, PoolRounding::ceil),
                                                       max_pool("max2", 2, 2, std::nullopt, PoolRounding::ceil),
                                                       max_pool("max3", 3, 1, Pads{0, 2, 0, 2}, PoolRounding::ceil)});
    check_round_trip(description, {0.25, 1});
    check_round_trip(description, {0.25, 0.75});
    const CaffeFiles files = export_with(description, {0.25, 1}, random(description, {0.25, 1}));
    CHECK(
        files.prototxt.find("  pooling_param {\n    pool: MAX\n    kernel_size: 3\n    stride: 2\n    pad: 1\n  }\n") !=
        std::string::npos);
    CHECK(
        files.prototxt.find(
            "  pooling_param {\n    pool: MAX\n    kernel_size: 3\n    stride: 1\n    pad_h: 0\n    pad_w: 2\n  }\n") !=
        std::string::npos);
    Description all = caffe_classifier();
    all.classifier[0].kind = LayerKind::max_pool;
    all.classifier[0].pad.reset();
    check_round_trip(all, {0.25, 1});
}

TEST_CASE("a max pool that rounds down, or pads as TensorFlow does, is Caffe's where that has as many windows") {
    LayerDescription same = max_pool("max1", 3, 2, std::nullopt, PoolRounding::floor);
    same.padding = PaddingRule::same;
    const Description evens = pooled_classifier({same, max_pool("max2", 2, 2, Pads{0, 0, 0, 0}, PoolRounding::floor)});
    CHECK_NOTHROW(export_with(evens, {0.25, 1}, random(evens, {0.25, 1})));
    const Description odd = pooled_classifier({max_pool("max1", 3, 2, Pads{0, 0, 0, 0}, PoolRounding::floor)});
    CHECK(error_of(odd) ==
          odd.file +
              ": /backbone/1: found max1, whose windows of 3 with stride 2 make 27x27 of the 56x56 map, where "
              "Caffe, which rounds up, would make 28x28; allowed for Caffe: as many windows as it has");
}
