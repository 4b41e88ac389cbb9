#include "scene.h"

#include <doctest/doctest.h>

// Hand-worked cases of the three post-processing dialects (SEMANTICS.md 2.4, 2.5).

using ssd::Dialect;

namespace {

// Boxes far from each other, and one that overlaps the first by an IoU of exactly 1/2.
constexpr std::array<float, 4> left{0, 0, 0.5F, 0.25F}, right{0, 0.5F, 0.5F, 0.75F}, low{0.5F, 0, 1, 0.25F};
constexpr std::array<float, 4> left_upper_half{0, 0, 0.25F, 0.25F};

constexpr Dialect all_dialects[] = {Dialect::caffe_ssd, Dialect::tflite_fast, Dialect::tflite_regular};

}  // namespace

TEST_CASE("nothing above the threshold gives no detection") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        CHECK(list(scene.run()) == "");  // no priors at all
        scene.add(left, {0.2F, 0.1F});
        CHECK(list(scene.run()) == "");
        CHECK(list(scene.run(1000, 0.15F)) == "1:0");
        CHECK(list(scene.run(0, 0.15F)) == "");
    }
}

TEST_CASE("a class that is never seen does not appear, and the background never does") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect, 4);
        scene.add(left, {0.9F, 0.01F, 0.3F});
        scene.logits[0] = 50;  // the background, surer than all
        scene.add(right, {0.02F, 0.01F, 0.7F});
        CHECK(list(scene.run()) == (dialect == Dialect::caffe_ssd     ? "1:0 3:1 3:0"
                                    : dialect == Dialect::tflite_fast ? "1:0 3:1"
                                                                      : "1:0 3:1 3:0"));
        scene.settings.background = -1;
        CHECK(list(scene.run()) == (dialect == Dialect::caffe_ssd     ? "0:0 1:0 3:1 3:0"
                                    : dialect == Dialect::tflite_fast ? "0:0 3:1"
                                                                      : "0:0 1:0 3:1 3:0"));
    }
}

TEST_CASE("caffe wants a score above the threshold, tflite one that reaches it") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.5F, 0.1F});  // logit 0: exactly 0.5
        CHECK(list(scene.run(10, 0.5F)) == (dialect == Dialect::caffe_ssd ? "" : "1:0"));
        CHECK(list(scene.run(10, std::nextafter(0.5F, 0.0F))) == "1:0");
        CHECK(list(scene.run(10, std::nextafter(0.5F, 1.0F))) == "");
    }
}

TEST_CASE("equal scores go by the lower prior, the lower class") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.6F, 0.6F});
        scene.add(right, {0.6F, 0.6F});
        scene.add(low, {0.7F, 0.6F});
        const char* expected = dialect == Dialect::caffe_ssd     ? "1:2 1:0 1:1 2:0 2:1 2:2"
                               : dialect == Dialect::tflite_fast ? "1:2 1:0 1:1"
                                                                 : "1:2 1:0 1:1 2:0 2:1 2:2";
        CHECK(list(scene.run()) == expected);
    }
}

TEST_CASE("unequal logits whose scores round to the same float are a tie") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.5F, 0.5F});
        scene.add(right, {0.5F, 0.5F});
        scene.logits = {-100, 30, 40, -100, 50, 20};  // all of them 1.0F
        CHECK(list(scene.run()) == (dialect == Dialect::tflite_fast ? "1:0 1:1" : "1:0 1:1 2:0 2:1"));
    }
}

TEST_CASE("an overlap of exactly the threshold is kept, a hair more is not") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.9F, 0.1F});
        scene.add(left_upper_half, {0.8F, 0.1F});
        scene.settings.iou_threshold = 0.5F;
        CHECK(list(scene.run()) == "1:0 1:1");
        scene.settings.iou_threshold = std::nextafter(0.5F, 0.0F);
        CHECK(list(scene.run()) == "1:0");
    }
}

TEST_CASE("touching boxes and boxes without area overlap nothing, not even their like") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.settings.iou_threshold = 0;
        scene.add({0, 0, 0.5F, 0.5F}, {0.9F, 0.1F});
        scene.add({0, 0.5F, 0.5F, 1}, {0.8F, 0.1F});            // beside it
        scene.add({0.25F, 0.25F, 0.25F, 0.75F}, {0.7F, 0.1F});  // a line through both
        scene.add({0.25F, 0.25F, 0.25F, 0.75F}, {0.6F, 0.1F});  // and again
        scene.add({0.25F, 0.25F, 0.5F, 0.75F}, {0.5F, 0.1F});   // overlaps both
        CHECK(list(scene.run()) == "1:0 1:1 1:2 1:3");
    }
}

TEST_CASE("suppression is by class in caffe-ssd and tflite-regular, over all classes in tflite-fast") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.9F, 0.3F});
        scene.add(left, {0.1F, 0.8F});
        CHECK(list(scene.run()) == (dialect == Dialect::tflite_fast ? "1:0" : "1:0 2:1"));
    }
}

TEST_CASE("only kept boxes suppress") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.settings.iou_threshold = 0.4F;
        scene.add({0, 0, 0.5F, 0.5F}, {0.9F, 0.1F});
        scene.add({0.125F, 0, 0.625F, 0.5F}, {0.8F, 0.1F});  // IoU 0.6 with both neighbours: suppressed by the first
        scene.add({0.25F, 0, 0.75F, 0.5F}, {0.7F, 0.1F});    // IoU 1/3 with the first
        CHECK(list(scene.run()) == "1:0 1:2");
    }
}

TEST_CASE("caffe-ssd: top_k cuts the candidates of a class before suppression, through a tie by the lower prior") {
    Scene scene(Dialect::caffe_ssd);
    scene.add(left, {0.9F, 0.1F});
    scene.add(left, {0.8F, 0.1F});  // suppressed, yet counted
    scene.add(right, {0.7F, 0.1F});
    scene.add(low, {0.7F, 0.1F});
    scene.settings.detections_per_class = 3;
    CHECK(list(scene.run()) == "1:0 1:2");
    scene.settings.detections_per_class = 2;
    CHECK(list(scene.run()) == "1:0");
    scene.settings.detections_per_class = 4;
    CHECK(list(scene.run()) == "1:0 1:2 1:3");
}

TEST_CASE("tflite-regular: detections_per_class counts what suppression has left") {
    Scene scene(Dialect::tflite_regular);
    scene.add(left, {0.9F, 0.1F});
    scene.add(left, {0.8F, 0.1F});
    scene.add(right, {0.7F, 0.1F});
    scene.add(low, {0.6F, 0.1F});
    scene.settings.detections_per_class = 2;
    CHECK(list(scene.run()) == "1:0 1:2");
}

TEST_CASE(
    "caffe-ssd: keep_top_k keeps the best of all classes, through a tie by the lower class and prior, grouped by "
    "label") {
    Scene scene(Dialect::caffe_ssd);
    scene.add(left, {0.6F, 0.9F});
    scene.add(right, {0.6F, 0.6F});
    scene.add(low, {0.8F, 0.6F});
    scene.settings.max_detections = 4;
    CHECK(list(scene.run()) == "1:2 1:0 1:1 2:0");
    scene.settings.max_detections = 3;
    CHECK(list(scene.run()) == "1:2 1:0 2:0");
    scene.settings.max_detections = 5;
    CHECK(list(scene.run()) == "1:2 1:0 1:1 2:0 2:1");
    scene.settings.max_detections = 0;
    CHECK(list(scene.run()) == "");
}

TEST_CASE("tflite-regular: the classes are merged by score and cut to max_detections") {
    Scene scene(Dialect::tflite_regular);
    scene.add(left, {0.6F, 0.9F});
    scene.add(right, {0.6F, 0.6F});
    scene.add(low, {0.8F, 0.6F});
    scene.settings.max_detections = 4;
    CHECK(list(scene.run()) == "2:0 1:2 1:0 1:1");
    scene.settings.max_detections = 3;
    CHECK(list(scene.run()) == "2:0 1:2 1:0");
}

TEST_CASE("tflite-fast: max_detections boxes, each with its best classes, whatever their scores") {
    Scene scene(Dialect::tflite_fast, 4);
    scene.add(left, {0.1F, 0.9F, 0.2F});
    scene.add(right, {0.6F, 0.3F, 0.6F});
    scene.add(low, {0.3F, 0.4F, 0.5F});
    scene.settings.max_detections = 2;
    CHECK(list(scene.run()) == "2:0 1:1");
    scene.settings.max_classes_per_detection = 2;
    CHECK(list(scene.run()) == "2:0 3:0 1:1 3:1");
    scene.settings.max_classes_per_detection = 9;  // no more than there are
    CHECK(list(scene.run()) == "2:0 3:0 1:0 1:1 3:1 2:1");
}

TEST_CASE("beyond capacity the lowest scores drop, and the rest stays in the dialect's order") {
    Scene caffe(Dialect::caffe_ssd);
    caffe.add(left, {0.5F, 0.9F});
    caffe.add(right, {0.7F, 0.6F});
    CHECK(list(caffe.run()) == "1:1 1:0 2:0 2:1");
    CHECK(list(caffe.run(3)) == "1:1 2:0 2:1");
    CHECK(list(caffe.run(2)) == "1:1 2:0");
    CHECK(list(caffe.run(1)) == "2:0");

    Scene regular(Dialect::tflite_regular);
    regular.add(left, {0.5F, 0.9F});
    regular.add(right, {0.7F, 0.6F});
    CHECK(list(regular.run()) == "2:0 1:1 2:1 1:0");
    CHECK(list(regular.run(3)) == "2:0 1:1 2:1");

    Scene fast(Dialect::tflite_fast);
    fast.settings.max_classes_per_detection = 2;
    fast.add(left, {0.5F, 0.9F});
    fast.add(right, {0.7F, 0.6F});
    CHECK(list(fast.run()) == "2:0 1:0 1:1 2:1");
    CHECK(list(fast.run(3)) == "2:0 1:1 2:1");
    CHECK(list(fast.run(1)) == "2:0");
}

TEST_CASE("caffe-ssd: eta lowers the threshold after each kept box as long as it is above a half") {
    Scene scene(Dialect::caffe_ssd);
    scene.settings.iou_threshold = 0.7F;
    scene.add({0, 0, 0.5F, 0.5F}, {0.9F, 0.1F});
    scene.add({0.125F, 0, 0.625F, 0.5F}, {0.8F, 0.1F});  // IoU 0.6 with its neighbours
    scene.add({0.25F, 0, 0.75F, 0.5F}, {0.7F, 0.1F});
    CHECK(list(scene.run()) == "1:0 1:1 1:2");
    scene.settings.eta = 0.9F;  // 0.7 -> 0.63 -> 0.567 -> 0.5103
    CHECK(list(scene.run()) == "1:0 1:1");
    scene.settings.eta = 0.8F;  // 0.7 -> 0.56
    CHECK(list(scene.run()) == "1:0 1:2");
    scene.settings.iou_threshold = 0.5F;  // not above a half: stays
    scene.settings.eta = 0.1F;
    CHECK(list(scene.run()) == "1:0 1:2");
    scene.settings.dialect = Dialect::tflite_regular;  // knows no eta
    scene.settings.iou_threshold = 0.7F;
    CHECK(list(scene.run()) == "1:0 1:1 1:2");
}

TEST_CASE("clip_boxes clips what is given out, not what is compared") {
    Scene scene(Dialect::caffe_ssd);
    scene.add({-1, 0, 1, 0.5F}, {0.9F, 0.1F});
    scene.add({0, 0, 1, 0.5F}, {0.8F, 0.1F});  // IoU 1/2 with the unclipped box, 1 with the clipped one
    CHECK(scene.run()[0].ymin == -1);
    scene.settings.clip_boxes = true;
    const std::vector<ssd::Detection> found = scene.run();
    REQUIRE(list(found) == "1:0 1:1");
    CHECK(found[0].ymin == 0);
    CHECK(found[0].xmax == 0.5F);
}

TEST_CASE("tflite: one box with a minimum above its maximum makes the whole operator fail") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.9F, 0.1F});
        scene.add({0.5F, 0, 0.25F, 0.5F}, {0.1F, 0.1F});  // far below the threshold, and upside down
        CHECK(list(scene.run()) == (dialect == Dialect::caffe_ssd ? "1:0" : ""));
    }
}

namespace {

void put(float& value, std::uint32_t bits) { std::memcpy(&value, &bits, sizeof bits); }

/// Three sure priors apart from each other, the second of which gets spoiled; and a fourth that lies on it and is less
/// sure.
Scene four(Dialect dialect, ssd::Scores scores) {
    Scene scene(dialect, 4);
    scene.settings.scores = scores;
    scene.add(left, {0.9F, 0.1F, 0.1F});
    scene.add(right, {0.95F, 0.1F, 0.1F});
    scene.add(low, {0.8F, 0.1F, 0.1F});
    scene.add(right, {0.7F, 0.1F, 0.1F});
    if (scores == ssd::Scores::softmax) {
        for (std::size_t i = 0; i < scene.logits.size(); ++i)
            scene.logits[i] = i % 4 == 0 ? 0 : i % 4 == 1 ? 6 - static_cast<float>(i / 4) : -9;
    }
    return scene;
}

constexpr float thresholds[] = {0.0F, 1e-8F, 0.3F, 0.6F};

template <class Use>
void for_each_dialect(Use use) {
    for (const Dialect dialect : all_dialects) {
        for (const ssd::Scores scores : {ssd::Scores::sigmoid, ssd::Scores::softmax}) {
            for (const float threshold : thresholds) {
                CAPTURE(static_cast<int>(dialect));
                CAPTURE(static_cast<int>(scores));
                CAPTURE(threshold);
                use(four(dialect, scores), threshold);
            }
        }
    }
}

/// The anchors of class 1, in order.
std::string anchors(const std::vector<ssd::Detection>& detections) {
    std::string text;
    for (const ssd::Detection& found : detections) {
        for (const float value : {found.score, found.ymin, found.xmin, found.ymax, found.xmax}) CHECK(is_finite(value));
        CHECK(found.score <= 1);
        if (found.label == 1) text += std::to_string(found.anchor);
    }
    return text;
}

/// What is found where the second prior is not there at all: nothing else changes.
std::string without_second(Scene scene, float threshold) {
    scene.table.erase(scene.table.begin() + 4, scene.table.begin() + 8);
    scene.encodings.erase(scene.encodings.begin() + 4, scene.encodings.begin() + 8);
    scene.logits.erase(scene.logits.begin() + 4, scene.logits.begin() + 8);
    std::string text = anchors(scene.run(1000, threshold));
    for (char& anchor : text) anchor = static_cast<char>(anchor == '0' ? '0' : anchor + 1);
    return text;
}

}  // namespace

TEST_CASE("a box encoding that is not finite loses its detection, and changes nothing else") {
    for_each_dialect([](const Scene& scene, float threshold) {
        const std::string expected = without_second(scene, threshold);
        CHECK(expected.size() == 3);
        for (const std::uint32_t bits : no_numbers) {
            for (std::size_t i = 4; i < 8; ++i) {
                Scene spoiled = scene;
                put(spoiled.encodings[i], bits);
                CHECK(anchors(spoiled.run(1000, threshold)) == expected);
                put(spoiled.table[i], bits);  // of its prior as well
                CHECK(anchors(spoiled.run(1000, threshold)) == expected);
                spoiled.encodings[i] = 0;
                CHECK(anchors(spoiled.run(1000, threshold)) == expected);
            }
        }
    });
}

TEST_CASE("a box without numbers takes no place of those that a limit leaves") {
    Scene scene = four(Dialect::caffe_ssd, ssd::Scores::sigmoid);
    scene.settings.detections_per_class = 2;  // candidates that are looked at
    put(scene.encodings[4], no_numbers[0]);
    CHECK(anchors(scene.run()) == "02");
    Scene fast = four(Dialect::tflite_fast, ssd::Scores::sigmoid);
    fast.settings.max_detections = 2;
    put(fast.encodings[4], no_numbers[0]);
    CHECK(anchors(fast.run()) == "02");
}

TEST_CASE("an exponential that overflows, and what else puts an edge 1e18 pictures away, leaves no box") {
    for_each_dialect([](const Scene& scene, float threshold) {
        const std::string expected = without_second(scene, threshold);
        for (std::size_t i = 4; i < 8; ++i) {
            for (const float code : {1e30F, 3e38F, 1e20F}) {
                Scene spoiled = scene;
                spoiled.encodings[i] = code;
                CHECK(anchors(spoiled.run(1000, threshold)) == expected);
                if (i >= 6) continue;
                spoiled.encodings[i] = -code;
                CHECK(anchors(spoiled.run(1000, threshold)) == expected);
            }
        }
        Scene tiny = scene;  // one that underflows is a box without area
        tiny.encodings[6] = tiny.encodings[7] = -3e38F;
        CHECK(anchors(tiny.run(1000, threshold)).size() == 4);
    });
}

TEST_CASE("a logit that is not finite loses its class, and with a softmax its prior") {
    for_each_dialect([](const Scene& scene, float threshold) {
        const std::string expected = without_second(scene, threshold);
        for (const std::uint32_t bits : no_numbers) {
            for (std::size_t i = 4; i < 8; ++i) {
                Scene spoiled = scene;
                put(spoiled.logits[i], bits);
                const bool lost = scene.settings.scores == ssd::Scores::softmax || i == 5;
                const std::vector<ssd::Detection> found = spoiled.run(1000, threshold);
                // With tflite-fast and a low threshold another class of the spoiled prior is its best, and stays in the
                // way of the fourth.
                if (lost && scene.settings.dialect == Dialect::tflite_fast &&
                    scene.settings.scores == ssd::Scores::sigmoid && threshold < 0.1F) {
                    CHECK(anchors(found).size() <= 3);
                } else {
                    CHECK(anchors(found) == (lost ? expected : anchors(scene.run(1000, threshold))));
                }
                for (const ssd::Detection& one : found)
                    CHECK_FALSE((one.anchor == 1 && one.label == static_cast<int>(i) - 4));
            }
            Scene all = scene;
            for (float& logit : all.logits) put(logit, bits);
            CHECK(all.run(1000, threshold).empty());
        }
    });
}

TEST_CASE("a grid of priors with a number that is not finite gives no box") {
    for (const std::uint32_t bits : no_numbers) {
        for (int i = 0; i < 6; ++i) {
            ssd::BoxSize sizes[] = {{0.5F, 0.5F}};
            ssd::PriorGrid grid{1, 1, 0.5F, 0.5F, 1, 1, 1, sizes};
            float* const numbers[] = {&grid.offset_y, &grid.offset_x,   &grid.step_y,
                                      &grid.step_x,   &sizes[0].height, &sizes[0].width};
            for (const bool clip : {false, true}) {
                const ssd::Priors priors{&grid, 1, nullptr, clip, 1};
                const float encodings[4] = {}, logits[] = {0, 9};
                ssd::PostProcessing settings = Scene(Dialect::caffe_ssd, 2).settings;
                std::uint32_t scratch[100];
                ssd::Detection found[2];
                const auto count = [&] {
                    return ssd::post_process(settings, priors, encodings, logits, scratch, found, 2, {});
                };
                CHECK(count() == 1);
                const float right_one = *numbers[i];
                put(*numbers[i], bits);
                CHECK(count() == 0);
                CHECK(ssd::prior(priors, 0).h == 0);
                *numbers[i] = right_one;
            }
        }
    }
}

TEST_CASE("post_process says what is wrong with a call") {
    for (const Dialect dialect : all_dialects) {
        Scene scene(dialect);
        scene.add(left, {0.9F, 0.1F});
        const ssd::Priors priors{nullptr, 0, scene.table.data(), false, 1};
        std::vector<std::uint32_t> scratch(ssd::post_scratch_bytes(scene.settings, 1) / 4 + 1);
        ssd::Detection found[2];
        const auto call = [&](const float* boxes, const float* logits, void* memory, ssd::Detection* out, int capacity,
                              float threshold) {
            return std::string(ssd::error_text(
                ssd::post_process(scene.settings, priors, boxes, logits, memory, out, capacity, {threshold})));
        };
        const float* const boxes = scene.encodings.data();
        const float* const logits = scene.logits.data();
        const std::string outputs = "boxes or logits, the network's raw outputs, are a null pointer";
        CHECK(call(boxes, logits, scratch.data(), found, 2, -1) == "no error");
        CHECK(call(nullptr, logits, scratch.data(), found, 2, -1) == outputs);
        CHECK(call(boxes, nullptr, scratch.data(), found, 2, -1) == outputs);
        CHECK(call(boxes, logits, nullptr, found, 2, -1) == "the workspace, or the scratch memory, is a null pointer");
        CHECK(call(boxes, logits, reinterpret_cast<char*>(scratch.data()) + 2, found, 2, -1) ==
              "the workspace, or the scratch memory, is not aligned");
        CHECK(call(boxes, logits, scratch.data(), nullptr, 2, -1) ==
              "the array of results is a null pointer, and capacity is above 0");
        CHECK(call(boxes, logits, scratch.data(), found, -1, -1) == "the capacity is below 0");
        CHECK(call(boxes, logits, scratch.data(), nullptr, 0, -1) == "no error");
        float threshold = 60;
        const std::string wrong = "the score threshold is above 1 or no number (below 0: the network's own)";
        CHECK(call(boxes, logits, scratch.data(), found, 2, threshold) == wrong);
        CHECK(call(boxes, logits, scratch.data(), found, 2, std::nextafter(1.0F, 2.0F)) == wrong);
        CHECK(call(boxes, logits, scratch.data(), found, 2, 1) == "no error");
        for (const std::uint32_t bits : no_numbers) {
            ssd::DetectOptions options;
            put(options.score_threshold, bits);
            const int count =
                ssd::post_process(scene.settings, priors, boxes, logits, scratch.data(), found, 2, options);
            CHECK(count == (bits == 0xFF800000
                                ? 1
                                : static_cast<int>(ssd::Error::threshold)));  // minus infinity: the network's own
        }
    }
}
