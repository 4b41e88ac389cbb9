#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#include <stb/stb_image.h>

#include "ssd/post_process.h"
#include "ssd/quantized.h"
#include "ssd/resize.h"
#include "tools/skip.h"

using namespace ssdgen::test;

namespace {

const std::string models = SSDGEN_SOURCE_DIR "/../shared/models/";
const char* const pictures[] = {"cat_720p", "grace_hopper", "pets", "street"};

std::vector<std::uint8_t> read_bytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {});
}

std::vector<float> read_floats(const std::string& path) {
    const std::vector<std::uint8_t> bytes = read_bytes(path);
    std::vector<float> values(bytes.size() / 4);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

/// The anchors of ssd_mobilenet_v1_coco, rounded to the model file's table: steps of 0.00645306055 in f32
/// (models/README.md).
std::vector<float> anchors() {
    const int maps[] = {19, 10, 5, 3, 2, 1};
    const double scales[] = {0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0};
    std::vector<float> table;
    for (std::size_t k = 0; k < 6; ++k) {
        std::vector<std::array<double, 2>> boxes;  // scale, ratio
        if (k == 0) {
            boxes = {{0.1, 1}, {0.2, 2}, {0.2, 0.5}};
        } else {
            for (const double ratio : {1.0, 2.0, 0.5, 3.0, 0.3333}) boxes.push_back({scales[k], ratio});
            boxes.push_back({std::sqrt(scales[k] * scales[k + 1]), 1});
        }
        for (int cell = 0; cell < maps[k] * maps[k]; ++cell) {
            for (const auto& [scale, ratio] : boxes) {
                for (const double value : {(cell / maps[k] + 0.5) / maps[k], (cell % maps[k] + 0.5) / maps[k],
                                           scale / std::sqrt(ratio), scale * std::sqrt(ratio)}) {
                    table.push_back(static_cast<float>(std::round(value / 0.00645306055)) * 0.00645306055F);
                }
            }
        }
    }
    return table;
}

constexpr ssd::PostProcessing settings{ssd::Dialect::tflite_fast,
                                       ssd::Scores::sigmoid,
                                       ssd::BoxOrder::yxhw,
                                       {0.1F, 0.1F, 0.2F, 0.2F},
                                       91,
                                       0,
                                       1e-8F,
                                       0.6F,
                                       10,
                                       1,
                                       100,
                                       1,
                                       false};

nlohmann::json read_json(const std::string& path) { return nlohmann::json::parse(std::ifstream(path)); }

ssd::Quantization quantization(const nlohmann::json& tensor) {
    return {tensor.at("scale").get<float>(), tensor.at("zero_point").get<int>()};
}

/// LOGISTIC of TensorFlow Lite: the stored score of each stored logit (SEMANTICS.md 3.1).
std::vector<std::uint8_t> logistic_table(const ssd::Quantization& logits, const ssd::Quantization& scores) {
    std::vector<std::uint8_t> table(256);
    for (int stored = 0; stored < 256; ++stored) {
        const float value = 1.0F / (1.0F + std::exp(-logits.value(stored)));
        const long rounded = std::lround(value / scores.scale) + scores.zero_point;
        table[static_cast<std::size_t>(stored)] = static_cast<std::uint8_t>(std::clamp(rounded, 0L, 255L));
    }
    return table;
}

/// Floats apart: how many others lie between the two, and one more. `bits`: in hexadecimal. Both of the same sign.
int steps_between(float value, const std::string& bits) {
    std::int32_t found;
    std::memcpy(&found, &value, sizeof found);
    return std::abs(found - static_cast<std::int32_t>(static_cast<std::uint32_t>(std::stoul(bits, nullptr, 16))));
}

}  // namespace

TEST_CASE("the reference's raw outputs give the reference's detections") {
    if (lacks(need::models)) return;
    const std::vector<float> table = anchors();
    REQUIRE(table.size() == 1917 * 4);
    const ssd::Priors priors{nullptr, 0, table.data(), false, 1917};
    std::vector<std::uint32_t> scratch(ssd::post_scratch_bytes(settings, 1917) / 4);
    for (const std::string picture : pictures) {
        CAPTURE(picture);
        const std::vector<float> boxes = read_floats(models + "reference/" + picture + ".boxes.f32");
        const std::vector<float> logits = read_floats(models + "reference/" + picture + ".logits.f32");
        const nlohmann::json expected =
            read_json(models + "reference/" + picture + ".detections.json").at("detections");
        ssd::Detection found[20];
        const int count =
            ssd::post_process(settings, priors, boxes.data(), logits.data(), scratch.data(), found, 20, {});
        REQUIRE(count == static_cast<int>(expected.size()));
        for (int i = 0; i < count; ++i) {
            const nlohmann::json& one = expected.at(static_cast<std::size_t>(i));
            CHECK(found[i].label == one.at("class"));
            CHECK(found[i].anchor == one.at("anchor"));
            CHECK(std::fabs(static_cast<double>(found[i].score) - one.at("score").get<double>()) < 1.1e-6);
            const float edges[] = {found[i].ymin, found[i].xmin, found[i].ymax, found[i].xmax};
            for (std::size_t k = 0; k < 4; ++k) {
                CHECK(std::fabs(static_cast<double>(edges[k]) - one.at("box").at(k).get<double>()) < 2e-6);
            }
        }
    }
}

TEST_CASE("the reference's quantized raw outputs give exactly the reference's detections") {
    if (lacks(need::models)) return;
    const std::vector<float> table = anchors();
    const ssd::Priors priors{nullptr, 0, table.data(), false, 1917};
    std::vector<std::uint32_t> scratch(ssd::quantized_post_scratch_bytes(settings, 1917) / 4);
    int equal_scores = 0;
    for (const std::string picture : pictures) {
        CAPTURE(picture);
        const std::string path = models + "reference/" + picture;
        const nlohmann::json expected = read_json(path + ".q8.detections.json");
        const std::vector<std::uint8_t> boxes = read_bytes(path + ".boxes.q8"),
                                        logits = read_bytes(path + ".logits.q8"),
                                        scores = read_bytes(path + ".scores.q8");
        ssd::QuantizedOutputs meaning{quantization(expected.at("boxes")), quantization(expected.at("logits")), nullptr,
                                      quantization(expected.at("scores"))};
        const std::vector<std::uint8_t> score_table = logistic_table(meaning.logits, meaning.scores);
        REQUIRE(logits.size() == scores.size());
        for (std::size_t i = 0; i < logits.size(); ++i) REQUIRE(score_table[logits[i]] == scores[i]);
        meaning.score_table = score_table.data();
        ssd::Detection found[20];
        const int count =
            ssd::post_process(settings, priors, meaning, boxes.data(), logits.data(), scratch.data(), found, 20, {});
        const nlohmann::json& detections = expected.at("detections");
        REQUIRE(count == static_cast<int>(detections.size()));
        for (int i = 0; i < count; ++i) {
            CAPTURE(i);
            const nlohmann::json& one = detections.at(static_cast<std::size_t>(i));
            CHECK(found[i].label == one.at("class"));
            CHECK(found[i].anchor == one.at("anchor"));
            CHECK(found[i].score == one.at("score").get<float>());
            const float edges[] = {found[i].ymin, found[i].xmin, found[i].ymax, found[i].xmax};
            for (std::size_t k = 0; k < 4; ++k)
                CHECK(steps_between(edges[k], one.at("box_bits").at(k).get<std::string>()) <= 1);
            if (i > 0 && found[i].score == found[i - 1].score) ++equal_scores;
        }
    }
    CHECK(equal_scores > 0);  // some order is the anchors'
}

TEST_CASE("the reference's logits give the reference's class scores") {
    if (lacks(need::models)) return;
    for (const std::string picture : pictures) {
        const std::string path = models + "reference/" + picture + ".mobilenet_v1_0.25_128_quant.";
        std::vector<float> scores = read_floats(path + "logits.f32");
        const std::vector<float> expected = read_floats(path + "scores.f32");
        ssd::softmax(scores.data(), static_cast<int>(scores.size()));
        REQUIRE(scores.size() == expected.size());
        for (std::size_t i = 0; i < scores.size(); ++i) CHECK_UNARY(std::fabs(scores[i] - expected[i]) < 1e-6F);
    }
}

TEST_CASE("photographs resize to the reference's inputs, but for what JPEG decoders disagree on") {
    if (lacks(need::models)) return;
    for (const std::string picture : pictures) {
        for (const int size : {300, 128}) {
            CAPTURE(picture);
            int width = 0, height = 0, channels = 0;
            stbi_uc* pixels = stbi_load((models + "images/" + picture + ".jpg").c_str(), &width, &height, &channels, 3);
            REQUIRE(pixels != nullptr);
            const ssd::Image image{pixels, width, height, width * 3, ssd::PixelFormat::rgb};
            std::vector<std::uint32_t> scratch(ssd::resize_scratch_bytes(size) / 4);
            const ssd::Resizer resizer(image, size, size, ssd::PixelFormat::rgb, ssd::ResizeRule::half_pixel,
                                       scratch.data());
            const ssd::Rows rows = resizer.rows();
            const std::vector<std::uint8_t> expected =
                read_bytes(models + "reference/" + picture + "." + std::to_string(size) + ".u8");
            REQUIRE(expected.size() == static_cast<std::size_t>(size * size * 3));
            std::vector<std::uint8_t> buffer(static_cast<std::size_t>(size * 3));
            double sum = 0;
            int most = 0;
            for (int i = 0; i < size * size * 3; ++i) {
                if (i % (size * 3) == 0) rows.row(rows.state, i / (size * 3), buffer.data());
                const int difference =
                    std::abs(buffer[static_cast<std::size_t>(i % (size * 3))] - expected[static_cast<std::size_t>(i)]);
                sum += difference;
                most = std::max(most, difference);
            }
            stbi_image_free(pixels);
            INFO("mean difference ", sum / (size * size * 3), ", largest ", most);
            CHECK(sum / (size * size * 3) < 0.2);
            CHECK(most <= 4);
        }
    }
}
