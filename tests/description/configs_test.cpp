#include "description/read.h"
#include "description/schema.h"
#include "description/write.h"
#include "same.h"
#include "support/files.h"
#include "tools/skip.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <regex>
#include <sstream>

using namespace ssdgen;

namespace {

const std::string source_dir = SSDGEN_SOURCE_DIR;

Description config(const std::string& name) { return read_description(source_dir + "/configs/" + name + ".json"); }

/// The 27 layers of MobileNet v1 (table 1 of arXiv 1704.04861, the last depthwise with stride 1 as in every
/// implementation).
std::vector<LayerDescription> mobilenet_v1(PaddingRule padding, Activation activation) {
    std::vector<LayerDescription> layers;
    const auto add = [&](const std::string& name, LayerKind kind, int channels, int kernel, int stride) {
        LayerDescription layer = make_layer(name, kind, channels, kernel, stride);
        if (kind != LayerKind::pointwise) layer.padding = padding;
        layer.activation = activation;
        layer.pointer = "/backbone/" + std::to_string(layers.size());
        layers.push_back(layer);
    };
    add("conv0", LayerKind::convolution, 32, 3, 2);
    const int channels[] = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
    for (int i = 1; i <= 13; ++i) {
        const std::string name = "conv" + std::to_string(i);
        add(name + "/dw", LayerKind::depthwise, 0, 3, i == 2 || i == 4 || i == 6 || i == 12 ? 2 : 1);
        add(name, LayerKind::pointwise, channels[i - 1], 1, 1);
    }
    return layers;
}

std::vector<LayerDescription> ssd_extras(PaddingRule padding, Activation activation) {
    std::vector<LayerDescription> layers;
    const int channels[] = {256, 512, 128, 256, 128, 256, 64, 128};
    for (int i = 0; i < 8; ++i) {
        const std::string name = "conv" + std::to_string(14 + i / 2) + (i % 2 == 0 ? "_1" : "_2");
        const auto kind = i % 2 == 0 ? LayerKind::pointwise : LayerKind::convolution;
        LayerDescription layer = make_layer(name, kind, channels[i], i % 2 == 0 ? 1 : 3, i % 2 == 0 ? 1 : 2);
        if (kind == LayerKind::convolution) layer.padding = padding;
        layer.activation = activation;
        layer.pointer = "/extras/" + std::to_string(i);
        layers.push_back(layer);
    }
    return layers;
}

InputDescription picture(int size, ChannelOrder order, float mean, float scale) {
    return {size, size, 3, order, {mean, mean, mean}, {scale, scale, scale}, ResizeRule::half_pixel};
}

std::vector<SourceDescription> sources_without_sizes() {
    std::vector<SourceDescription> sources;
    for (const char* layer : {"conv11", "conv13", "conv14_2", "conv15_2", "conv16_2", "conv17_2"}) {
        const std::string pointer = "/head/sources/" + std::to_string(sources.size());
        sources.push_back({layer, sources.empty() ? 3 : 6, {}, {}, {}, 0, pointer});
    }
    return sources;
}

}  // namespace

TEST_CASE("mobilenet_ssd_coco is TensorFlow's ssd_mobilenet_v1_coco") {
    Description d;
    d.name = "mobilenet_ssd_coco";
    d.channel_rounding = ChannelRounding::floor_min_16;
    d.alpha_scales = {Section::backbone, Section::extras};
    d.batch_norm_epsilon = 0.001F;
    d.input = picture(300, ChannelOrder::rgb, 128, 0.0078125F);
    d.backbone = mobilenet_v1(PaddingRule::same, Activation::relu6);
    d.extras = ssd_extras(PaddingRule::same, Activation::relu6);
    HeadDescription head;
    head.classes = 91;
    head.scores = ScoreConversion::sigmoid;
    head.box_code.order = BoxOrder::yxhw;
    head.padding = PaddingRule::same;
    head.priors.convention = PriorConvention::tensorflow;
    head.priors.aspect_ratios = {1, 2, 0.5, 3, 0.3333};
    head.sources = sources_without_sizes();
    head.post_processing = {Dialect::tflite_fast, 1e-8F, 0.6F, 10, 1};
    d.head = head;
    CHECK(config("mobilenet_ssd_coco") == d);
}

TEST_CASE("mobilenet_ssd_voc is chuanqi305's network") {
    Description d;
    d.name = "mobilenet_ssd_voc";
    d.alpha_scales = {Section::backbone};
    d.batch_norm_epsilon = 1e-5F;
    d.input = picture(300, ChannelOrder::bgr, 127.5F, 0.007843F);
    d.backbone = mobilenet_v1(PaddingRule::caffe, Activation::relu);
    d.extras = ssd_extras(PaddingRule::caffe, Activation::relu);
    HeadDescription head;
    head.classes = 21;
    head.sources = sources_without_sizes();
    const double sizes[] = {60, 105, 150, 195, 240, 285, 300};
    for (std::size_t i = 0; i < 6; ++i) {
        head.sources[i].min_sizes = {sizes[i]};
        if (i > 0) head.sources[i].max_sizes = {sizes[i + 1]};
        head.sources[i].aspect_ratios = i == 0 ? std::vector<double>{2} : std::vector<double>{2, 3};
    }
    head.post_processing = {Dialect::caffe_ssd, 0.25F, 0.45F, 100, 1, 100};
    d.head = head;
    CHECK(config("mobilenet_ssd_voc") == d);
}

TEST_CASE("mobilenet_v1_imagenet is the classifier of 28 layers") {
    const Description d = config("mobilenet_v1_imagenet");
    CHECK(d.backbone == mobilenet_v1(PaddingRule::same, Activation::relu6));
    CHECK(d.input == picture(224, ChannelOrder::rgb, 128, 0.0078125F));
    CHECK(d.channel_rounding == ChannelRounding::floor_min_8);
    CHECK(d.alpha_scales == std::vector<Section>{Section::backbone});
    REQUIRE(d.classifier.size() == 3);
    CHECK(d.classifier[0].kind == LayerKind::average_pool);
    CHECK(d.classifier[0].kernel == 0);
    CHECK(d.classifier[1].name == "fc");
    CHECK(d.classifier[1].kind == LayerKind::fully_connected);
    CHECK(d.classifier[1].channels == 1001);
    CHECK(d.classifier[1].activation == Activation::none);
    CHECK(d.classifier[2].kind == LayerKind::softmax);
    CHECK(d.classifier[2].name == "prob");
    CHECK(d.backbone.size() + 1 == 28);  // with the fully connected one
    CHECK_FALSE(d.head.has_value());
}

TEST_CASE("every config is canonical, reads back as it was, and fits the schema") {
    int configs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(source_dir + "/configs")) {
        const std::string path = entry.path().string();
        if (entry.path().extension() != ".json" || entry.path().filename() == "network.schema.json" ||
            entry.path().filename() == "calibration.json")
            continue;
        CAPTURE(path);
        ++configs;
        std::string text = read_file(path);
        const Description description = parse_description(text, path);
        CHECK(parse_description(write_description(description), path) == description);
        CHECK(schema_objection(nlohmann::json::parse(text)) == "");
        const std::string for_editors = "  \"$schema\": \"network.schema.json\",\n";
        REQUIRE(text.find(for_editors) == 2);
        CHECK(text.erase(2, for_editors.size()) == write_description(description));
    }
    CHECK(configs >= 3);
}

TEST_CASE("mobilenet_ssd_coco at alpha 0.75 has the layers of the published quantised file") {
    if (test::lacks(test::need::models)) return;
    const std::string path = source_dir + "/../shared/models/coco_ssd_mobilenet_v1_quant.operators.txt";
    const Description d = config("mobilenet_ssd_coco");
    std::vector<LayerDescription> layers = d.backbone;
    layers.insert(layers.end(), d.extras.begin(), d.extras.end());
    std::istringstream lines(read_file(path));
    std::string line;
    std::size_t index = 0;
    int channels = 3;
    const std::regex operation(R"(\[\d+\] (\w+) .*'padding': 'SAME', 'stride_w': (\d+).*)"),
        kernel(R"( +kernel (\d+)x.*)");
    const std::regex output(R"( +out .* uint8 1x\d+x\d+x(\d+) .*)");
    std::smatch match;
    for (; index < layers.size() && std::getline(lines, line);) {
        const LayerDescription& layer = layers[index];
        CAPTURE(layer.name);
        if (std::regex_match(line, match, operation)) {
            CHECK(match[1] == (layer.kind == LayerKind::depthwise ? "DEPTHWISE_CONV_2D" : "CONV_2D"));
            CHECK(std::stoi(match[2]) == layer.stride);
        } else if (std::regex_match(line, match, kernel)) {
            CHECK(std::stoi(match[1]) == layer.kernel);
        } else if (std::regex_match(line, match, output)) {
            if (layer.kind != LayerKind::depthwise) channels = std::max(static_cast<int>(layer.channels * 0.75), 16);
            CHECK(std::stoi(match[1]) == channels);
            ++index;
        }
    }
    CHECK(index == 35);
}

namespace {

/// Every key, and every word that a value can be, below a part of a JSON Schema.
void collect_words(const nlohmann::json& schema, std::vector<std::string>& words) {
    if (schema.is_object() && schema.contains("properties"))
        for (const auto& property : schema.at("properties").items()) words.push_back(property.key());
    for (const auto& [key, value] : schema.items()) {
        if (key == "enum")
            for (const auto& choice : value)
                if (choice.is_string()) words.push_back(choice);
        if (key == "const" && value.is_string()) words.push_back(value);
        if (value.is_structured()) collect_words(value, words);
    }
}

}  // namespace

TEST_CASE("configs/README.md explains every key of the schema and every word that a value can be") {
    const std::string text = read_file(source_dir + "/configs/README.md");
    std::vector<std::string> words;
    collect_words(nlohmann::json::parse(read_file(source_dir + "/configs/network.schema.json")), words);
    CHECK(words.size() > 60);
    for (const std::string& word : words) {
        CAPTURE(word);
        CHECK((text.find("`" + word + "`") != std::string::npos || text.find("\"" + word + "\"") != std::string::npos));
    }
}
