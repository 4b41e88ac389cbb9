#include "description/read.h"
#include "description/write.h"
#include "import/import.h"
#include "tools/synthetic_model.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const ImportOptions normalised{{128}, {1.0F / 128}, std::nullopt};

Imported import_model(const std::string& bytes, Form form) {
    const bool quantised = form == Form::uint8 || form == Form::int8_per_channel;
    return import_tflite_bytes(bytes, "net.tflite", quantised ? ImportOptions{} : normalised);
}

std::string names(const std::vector<LayerDescription>& layers) {
    std::string text;
    for (const LayerDescription& layer : layers) text += layer.name + " ";
    return text;
}

/// The largest difference between a layer's bias and the synthetic one.
float bias_error(const Weights& weights, const std::string& layer, int number) {
    float largest = 0;
    const std::vector<float>& values = weights.tensors.at(layer + ".bias").values();
    for (std::size_t i = 0; i < values.size(); ++i)
        largest = std::max(largest, std::fabs(values[i] - synthetic_bias(number, static_cast<int>(i))));
    return largest;
}

void check_conv0(const Weights& weights, int channels) {
    const WeightTensor& weight = weights.tensors.at("conv0.weight");
    REQUIRE(weight.shape == std::vector<int>{8, channels, 3, 3});
    bool equal = true;
    for (int o = 0; o < 8; ++o)
        for (int c = 0; c < channels; ++c)
            for (int t = 0; t < 9; ++t)
                equal = equal && weight.values()[static_cast<std::size_t>((o * channels + c) * 9 + t)] ==
                                     synthetic_weight(0, (o * 9 + t) * channels + c, o);
    CHECK(equal);
}

void check_depthwise(const Weights& weights) {
    const WeightTensor& weight = weights.tensors.at("conv1/dw.weight");
    REQUIRE(weight.shape == std::vector<int>{8, 1, 3, 3});
    bool equal = true;
    for (int c = 0; c < 8; ++c)
        for (int t = 0; t < 9; ++t)
            equal = equal && weight.values()[static_cast<std::size_t>(c * 9 + t)] == synthetic_weight(1, t * 8 + c, c);
    CHECK(equal);
}

}  // namespace

TEST_CASE("a classifier's weights come out the same from float32, float16, uint8 and per-channel int8") {
    for (const Form form : {Form::float32, Form::float16, Form::uint8, Form::int8_per_channel})
        for (const bool fully_connected : {false, true})
            for (const int channels : {1, 3}) {
                CAPTURE(static_cast<int>(form));
                CAPTURE(channels);
                SyntheticModel model;
                model.form = form;
                model.fully_connected = fully_connected;
                model.mean = fully_connected;
                model.channels = channels;
                const Imported imported = import_model(synthetic_classifier(model), form);
                check_conv0(imported.weights, channels);
                check_depthwise(imported.weights);
                CHECK(bias_error(imported.weights, "conv1", 2) < 2e-4F);
                CHECK(imported.weights.tensors.size() == 2 * 6);
                CHECK(names(imported.description.backbone) == "conv0 conv1/dw conv1 conv2/dw conv2 ");
                CHECK(names(imported.description.classifier) == "pool fc prob ");
                CHECK(imported.description.input.order == (channels == 1 ? ChannelOrder::gray : ChannelOrder::rgb));
                CHECK(imported.description.input.mean == std::vector<float>(static_cast<std::size_t>(channels), 128));
                CHECK(imported.description.input.scale ==
                      std::vector<float>(static_cast<std::size_t>(channels), 0.0078125F));
                const std::string text = write_description(imported.description);
                CHECK(write_description(parse_description(text, "net.json")) == text);
            }
}

TEST_CASE("a fully connected layer and a 1x1 convolution on a point are the same layer fc") {
    SyntheticModel model;
    const WeightTensor convolved =
        import_model(synthetic_classifier(model), model.form).weights.tensors.at("fc.weight");
    model.fully_connected = true;
    const WeightTensor connected =
        import_model(synthetic_classifier(model), model.form).weights.tensors.at("fc.weight");
    CHECK(convolved.shape == std::vector<int>{10, 16});
    CHECK(connected.shape == convolved.shape);
    CHECK(connected.values() == convolved.values());
}

TEST_CASE("a fully connected layer on a map has its inputs numbered channel, y, x") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 2, 3, 1}, float32);
    const int w = file.floats("w", {2, 1, 1, 1}, {1, 2});
    const int y = file.tensor("y", {1, 2, 3, 2}, float32);
    file.convolution({x, w}, y, {});
    const int flat = file.tensor("flat", {1, 12}, float32);
    file.plain(Code::RESHAPE, {y}, {flat});
    const int v = file.floats("v", {1, 12}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    const int z = file.tensor("z", {1, 1}, float32);
    file.fully_connected({flat, v}, z);
    const Imported imported = import_model(file.finish({x}, {z}), Form::float32);
    CHECK(imported.weights.tensors.at("fc.weight").values() ==
          std::vector<float>{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
    CHECK(imported.weights.tensors.at("fc.bias").values() == std::vector<float>{0});
    CHECK(names(imported.description.backbone) == "y ");
}

TEST_CASE("an activation may be fused, a separate operator, or left to a quantised range") {
    const auto activation = [](Form form, Clamp clamp) {
        SyntheticModel model;
        model.form = form;
        model.clamp = clamp;
        const Description d = import_model(synthetic_classifier(model), form).description;
        for (const LayerDescription& layer : d.backbone) CHECK(layer.activation == d.backbone[0].activation);
        CHECK(d.classifier[1].activation == Activation::none);
        return d.backbone[0].activation;
    };
    CHECK(activation(Form::float32, Clamp::none) == Activation::none);
    CHECK(activation(Form::float32, Clamp::relu) == Activation::relu);
    CHECK(activation(Form::float32, Clamp::relu6) == Activation::relu6);
    CHECK(activation(Form::float32, Clamp::separate_relu6) == Activation::relu6);
    CHECK(activation(Form::uint8, Clamp::none) == Activation::relu6);
    CHECK(activation(Form::uint8, Clamp::relu) == Activation::relu);
    CHECK(activation(Form::int8_per_channel, Clamp::none) == Activation::relu6);
}

TEST_CASE("a quantised output from 0 of another range is a ReLU only if a layer follows") {
    TfliteBuilder file;
    const Quantised input{{1.0F / 128}, {128}, 0};
    const Quantised above_zero{{0.1F}, {0}, 0};
    const int x = file.tensor("x", {1, 2, 2, 1}, uint8, input);
    const int w = file.integers("w", {2, 1, 1, 1}, {1, 2}, uint8, {{0.5F}, {0}, 0});
    const int y = file.tensor("y", {1, 2, 2, 2}, uint8, above_zero);
    file.convolution({x, w}, y, {});
    const int v = file.integers("v", {1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}, uint8, {{0.5F}, {4}, 0});
    const int z = file.tensor("z", {1, 2, 2, 2}, uint8, above_zero);
    file.depthwise({y, v}, z, {});
    const Imported imported = import_model(file.finish({x}, {z}), Form::uint8);
    REQUIRE(imported.description.backbone.size() == 2);
    CHECK(imported.description.backbone[0].activation == Activation::relu);
    CHECK(imported.description.backbone[1].activation == Activation::none);
    CHECK(imported.weights.tensors.at("z.weight").values() ==
          std::vector<float>{-1.5F, -0.5F, 0.5F, 1.5F, -1, 0, 1, 2});
}

TEST_CASE("zeros padded before a VALID convolution are its explicit pads") {
    SyntheticModel model;
    model.height = 33;  // maps 33x32, 17x16, 17x16
    model.mean = true;
    model.pad_then_valid = true;
    for (const Form form : {Form::float32, Form::int8_per_channel}) {
        model.form = form;
        const Description d = import_model(synthetic_classifier(model), form).description;
        REQUIRE(d.backbone.size() == 5);
        CHECK(d.input.height == 33);
        CHECK(d.backbone[0].padding == PaddingRule::caffe);
        CHECK(d.backbone[0].pad == Pads{1, 0, 1, 1});
        CHECK(d.backbone[1].padding == PaddingRule::same);
        CHECK(d.backbone[3].pad == Pads{1, 0, 1, 1});
        const std::string text = write_description(d);
        CHECK(write_description(parse_description(text, "net.json")) == text);
    }
}

TEST_CASE("a missing bias is zero") {
    SyntheticModel model;
    model.bias = false;
    const Weights weights = import_model(synthetic_classifier(model), model.form).weights;
    CHECK(weights.tensors.at("conv0.bias").values() == std::vector<float>(8, 0.0F));
    CHECK(weights.tensors.at("fc.bias").values() == std::vector<float>(10, 0.0F));
}

TEST_CASE("a detector's heads are paired with their sources, whatever its widths, kernel and mode") {
    SyntheticModel model;
    model.height = 40;
    for (const Form form : {Form::float32, Form::uint8, Form::int8_per_channel})
        for (const bool other : {false, true}) {
            model.form = form;
            model.head_kernel = other ? 3 : 1;
            model.regular = other;
            model.background = !other;
            model.softmax_scores = other;
            model.boxes = other ? 6 : 3;
            const Imported imported = import_model(synthetic_detector(model), form);
            const Description& d = imported.description;
            CHECK(names(d.backbone) == "conv0 conv1/dw conv1 conv2/dw conv2 ");
            CHECK(names(d.extras) == "conv3_1 conv3_2 ");
            const HeadDescription& head = d.head.value();
            CHECK(head.kernel == model.head_kernel);
            CHECK(head.classes == (other ? 10 : 11));
            CHECK(head.background == (other ? -1 : 0));
            CHECK(head.scores == (other ? ScoreConversion::softmax : ScoreConversion::sigmoid));
            CHECK(head.post_processing.dialect == (other ? Dialect::tflite_regular : Dialect::tflite_fast));
            CHECK(head.post_processing.detections_per_class == (other ? 50 : 100));
            CHECK(head.post_processing.max_detections == 20);
            CHECK(head.post_processing.score_threshold == 0.25F);
            REQUIRE(head.sources.size() == 2);
            CHECK(head.sources[0].layer == "conv2");
            CHECK(head.sources[1].layer == "conv3_2");
            CHECK(head.sources[1].boxes == model.boxes);
            // 40x32: 20x16, 10x8, 5x4
            CHECK(imported.weights.tensors.at("priors").shape == std::vector<int>{(80 + 20) * model.boxes, 4});
            const WeightTensor& scores = imported.weights.tensors.at("conv3_2_mbox_conf.weight");
            CHECK(scores.shape ==
                  std::vector<int>{model.boxes * head.classes, 12, model.head_kernel, model.head_kernel});
            CHECK(scores.values()[0] == synthetic_weight(10, 0, 0));
            const std::string text = write_description(d);
            CHECK(write_description(parse_description(text, "net.json")) == text);
        }
}

TEST_CASE("what a float file computes with its picture joins the normalisation") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 2, 2, 3}, float32);
    const int factor = file.floats("factor", {}, {1.0F / 64});
    const int scaled = file.tensor("scaled", {1, 2, 2, 3}, float32);
    file.multiply({x, factor}, scaled);
    const int shift = file.floats("shift", {3}, {-2, -1, 0});
    const int shifted = file.tensor("shifted", {1, 2, 2, 3}, float32);
    file.add({shift, scaled}, shifted);
    const int w = file.floats("w", {1, 2, 2, 3}, std::vector<float>(12, 1.0F));
    const int y = file.tensor("y", {1, 1, 1, 1}, float32);
    file.convolution({shifted, w}, y, {1, false});
    const std::string bytes = file.finish({x}, {y});
    const InputDescription input =
        import_tflite_bytes(bytes, "net.tflite", {{0}, {1}, ChannelOrder::bgr}).description.input;
    CHECK(input.order == ChannelOrder::bgr);
    CHECK(input.mean == std::vector<float>{128, 64, 0});
    CHECK(input.scale == std::vector<float>{0.015625F, 0.015625F, 0.015625F});
}

TEST_CASE("shapes computed for a RESHAPE, as Keras exports have them, do not matter") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 2, 2, 1}, float32);
    const int w = file.floats("w", {3, 2, 2, 1}, std::vector<float>(12, 1.0F));
    const int y = file.tensor("y", {1, 1, 1, 3}, float32);
    file.convolution({x, w}, y, {1, false});
    const int shape = file.tensor("shape", {4}, int32);
    file.plain(Code::SHAPE, {y}, {shape});
    const int one = file.integers("one", {1}, {1});
    const int slice = file.tensor("slice", {}, int32);
    file.plain(Code::STRIDED_SLICE, {shape, one, one, one}, {slice});
    const int packed = file.tensor("packed", {2}, int32);
    file.plain(Code::PACK, {slice, one}, {packed});
    const int z = file.tensor("z", {1, 3}, float32);
    file.plain(Code::RESHAPE, {y, packed}, {z});
    CHECK(import_model(file.finish({x}, {z}), Form::float32).weights.tensors.count("fc.weight") == 0);
}
