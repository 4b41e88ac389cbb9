#include <doctest/doctest.h>

#include <limits>

#include "scene.h"

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

TEST_CASE("numbers that are none, or not finite, end in fewer detections and nothing worse") {
    const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
    for (const Dialect dialect : all_dialects) {
        for (const ssd::Scores scores : {ssd::Scores::sigmoid, ssd::Scores::softmax}) {
            for (const float threshold : {0.0F, 1e-8F, 0.3F, 1.0F}) {
                Scene scene(dialect, 4);
                scene.settings.scores = scores;
                for (const float logit : {nan, infinity, -infinity, 1e30F, 0.0F}) {
                    for (const float code : {nan, infinity, -infinity, 1e30F, 0.0F}) {
                        scene.add(left, {0.9F, 0.1F, 0.5F});
                        scene.logits[scene.logits.size() - 3] = logit;
                        for (int i = 1; i <= 4; ++i)
                            scene.encodings[scene.encodings.size() - static_cast<std::size_t>(i)] = code;
                    }
                }
                for (const ssd::Detection& found : scene.run(1000, threshold)) {
                    CHECK(found.score >= threshold);
                    CHECK(found.score <= 1);
                }
                scene.logits.assign(scene.logits.size(), nan);
                CHECK(scene.run(1000, threshold).empty());
            }
        }
    }
}
