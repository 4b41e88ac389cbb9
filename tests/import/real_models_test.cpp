#include "description/read.h"
#include "description/write.h"
#include "import/import.h"
#include "support/files.h"
#include "tools/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstring>
#include <filesystem>

using namespace ssdgen;

namespace {

const std::string models = SSDGEN_SOURCE_DIR "/../shared/models/";

std::size_t count_values(const Weights& weights) {
    std::size_t count = 0;
    for (const auto& [name, tensor] : weights.tensors) count += tensor.values().size();
    return count;
}

std::vector<int> shape(const Weights& weights, const std::string& name) { return weights.tensors.at(name).shape; }

}  // namespace

TEST_CASE("the published COCO detector becomes a description with canonical names") {
    if (test::lacks(test::need::models)) return;
    const Description d = import_tflite(models + "coco_ssd_mobilenet_v1_quant.tflite", {}).description;
    CHECK(d.name == "coco_ssd_mobilenet_v1_quant");
    CHECK(d.alpha == 1);
    CHECK(d.rho == 1);
    CHECK(d.alpha_scales == std::vector<Section>{Section::backbone, Section::extras});
    CHECK(d.channel_rounding == ChannelRounding::floor_min_8);
    CHECK(d.input.height == 300);
    CHECK(d.input.width == 300);
    CHECK(d.input.order == ChannelOrder::rgb);
    CHECK(d.input.mean == std::vector<float>{128, 128, 128});
    CHECK(d.input.scale == std::vector<float>{0.0078125F, 0.0078125F, 0.0078125F});
    REQUIRE(d.backbone.size() == 27);
    REQUIRE(d.extras.size() == 8);
    CHECK(d.classifier.empty());
    CHECK(d.backbone[0].name == "conv0");
    CHECK(d.backbone[0].channels == 24);
    CHECK(d.backbone[25].name == "conv13/dw");
    CHECK(d.backbone[26].name == "conv13");
    CHECK(d.extras[0].name == "conv14_1");
    CHECK(d.extras[7].name == "conv17_2");
    CHECK(d.extras[7].channels == 96);
    for (const auto* section : {&d.backbone, &d.extras})
        for (const LayerDescription& layer : *section) {
            CHECK(layer.activation == Activation::relu6);
            CHECK(layer.padding == (layer.kind == LayerKind::pointwise ? PaddingRule::caffe : PaddingRule::same));
            CHECK(layer.inputs.empty());
        }
}

TEST_CASE("the published COCO detector's head and post-processing are those of its options") {
    if (test::lacks(test::need::models)) return;
    const Description d = import_tflite(models + "coco_ssd_mobilenet_v1_quant.tflite", {}).description;
    const HeadDescription& head = d.head.value();
    CHECK(head.kernel == 1);
    CHECK(head.classes == 91);
    CHECK(head.background == 0);
    CHECK(head.scores == ScoreConversion::sigmoid);
    CHECK(head.box_code.order == BoxOrder::yxhw);
    CHECK(head.box_code.variances == std::array<float, 4>{0.1F, 0.1F, 0.2F, 0.2F});
    CHECK(head.priors.convention == PriorConvention::table);
    CHECK(head.post_processing.dialect == Dialect::tflite_fast);
    CHECK(head.post_processing.score_threshold == 1e-8F);
    CHECK(head.post_processing.iou_threshold == 0.6F);
    CHECK(head.post_processing.max_detections == 10);
    CHECK(head.post_processing.max_classes_per_detection == 1);
    std::string sources;
    for (const SourceDescription& source : head.sources) sources += fmt::format("{} {} ", source.layer, source.boxes);
    CHECK(sources == "conv11 3 conv13 6 conv14_2 6 conv15_2 6 conv16_2 6 conv17_2 6 ");
}

TEST_CASE("the published COCO detector has 47 layers of 4.10 million weights, in neutral shapes") {
    if (test::lacks(test::need::models)) return;
    const Weights weights = import_tflite(models + "coco_ssd_mobilenet_v1_quant.tflite", {}).weights;
    CHECK(weights.tensors.size() == 2 * 47 + 1);
    CHECK(count_values(weights) == 4101231 + 1917 * 4);
    CHECK(shape(weights, "conv0.weight") == std::vector<int>{24, 3, 3, 3});
    CHECK(shape(weights, "conv1/dw.weight") == std::vector<int>{24, 1, 3, 3});
    CHECK(shape(weights, "conv13.weight") == std::vector<int>{768, 768, 1, 1});
    CHECK(shape(weights, "conv14_2.weight") == std::vector<int>{384, 192, 3, 3});
    CHECK(shape(weights, "conv11_mbox_loc.weight") == std::vector<int>{12, 384, 1, 1});
    CHECK(shape(weights, "conv17_2_mbox_conf.bias") == std::vector<int>{546});
    CHECK(shape(weights, "priors") == std::vector<int>{1917, 4});
    // The largest anchor of the table: 255 * 0.00645306055.
    float largest = 0;
    for (const float value : weights.tensors.at("priors").values()) largest = std::max(largest, value);
    CHECK(largest == 255 * 0.00645306055F);
}

TEST_CASE("the published classifier becomes 28 layers with a fully connected one") {
    if (test::lacks(test::need::models)) return;
    const Imported imported = import_tflite(models + "mobilenet_v1_0.25_128_quant.tflite", {});
    const Description& d = imported.description;
    CHECK(d.name == "mobilenet_v1_0_25_128_quant");
    CHECK(!d.head);
    CHECK(d.backbone.size() == 27);
    REQUIRE(d.classifier.size() == 3);
    CHECK(d.classifier[0].name == "pool");
    CHECK(d.classifier[0].kind == LayerKind::average_pool);
    CHECK(d.classifier[0].kernel == 0);
    CHECK(d.classifier[1].name == "fc");
    CHECK(d.classifier[1].kind == LayerKind::fully_connected);
    CHECK(d.classifier[1].activation == Activation::none);
    CHECK(d.classifier[1].channels == 1001);
    CHECK(d.classifier[2].name == "prob");
    CHECK(d.classifier[2].kind == LayerKind::softmax);
    CHECK(imported.weights.tensors.size() == 2 * 28);
    CHECK(count_values(imported.weights) == 467593);
    CHECK(shape(imported.weights, "fc.weight") == std::vector<int>{1001, 256});
}

TEST_CASE("the published MobileNet v2 has ten sums, and its backbone ends at the pool") {
    if (test::lacks(test::need::models)) return;
    const Imported imported = import_tflite(models + "mobilenet_v2_1.0_224_quant.tflite", {});
    const Description& d = imported.description;
    CHECK(d.backbone.size() == 62);
    REQUIRE(d.classifier.size() == 3);
    CHECK(d.classifier[0].name == "pool");
    CHECK(d.classifier[1].name == "fc");
    std::string sums;
    for (const LayerDescription& layer : d.backbone) {
        if (layer.kind != LayerKind::add) {
            CHECK(layer.inputs.empty());
            continue;
        }
        CHECK(layer.activation == Activation::none);
        REQUIRE(layer.inputs.size() == 2);
        CHECK(imported.weights.maps.count(layer.name) == 1);
        sums += layer.name.substr(std::string("MobilenetV2/expanded_conv_").size()) + " ";
    }
    CHECK(sums == "2/add 4/add 5/add 7/add 8/add 9/add 11/add 12/add 14/add 15/add ");
    CHECK(d.backbone[0].name == "MobilenetV2/Conv/Relu6");
    CHECK(d.alpha_scales == std::vector<Section>{Section::backbone});
}

TEST_CASE("an imported description is one that the reader takes, and reads back the same") {
    if (test::lacks(test::need::models)) return;
    for (const char* name :
         {"coco_ssd_mobilenet_v1_quant", "mobilenet_v1_0.25_128_quant", "mobilenet_v2_1.0_224_quant"}) {
        const Description d = import_tflite(models + name + ".tflite", {}).description;
        const std::string text = write_description(d);
        CHECK(write_description(parse_description(text, "again.json")) == text);
    }
}

TEST_CASE("read_weights gives a model file's tensors") {
    if (test::lacks(test::need::models)) return;
    const std::string path = models + "mobilenet_v1_0.25_128_quant.tflite";
    const Weights weights = read_weights(path, {});
    const Weights imported = import_tflite(path, {}).weights;
    CHECK(weights.file == path);
    REQUIRE(weights.tensors.size() == imported.tensors.size());
    for (const auto& [name, tensor] : imported.tensors) CHECK(weights.tensors.at(name).values() == tensor.values());
}
