#include "plain_dialects.h"
#include "scene.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

// Every dialect against its plain telling, on random boxes whose coarse scores and places make ties and exact
// thresholds the rule.

namespace {

using Random = std::mt19937;

int pick(Random& random, int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
}

template <class T>
T any_of(Random& random, std::initializer_list<T> choices) {
    return choices.begin()[random() % choices.size()];
}

/// From -0.5 to 0.5, hardly ever the same twice.
float jitter(Random& random) { return static_cast<float>(random() % (1U << 20)) / (1 << 20) - 0.5F; }

/// even: coarse scores and places; otherwise small scenes without two scores so close that rounding could change their
/// order.
Scene random_scene(Random& random, bool even = true) {
    using ssd::Dialect;
    const Dialect dialect = any_of(random, {Dialect::caffe_ssd, Dialect::tflite_fast, Dialect::tflite_regular});
    Scene scene(dialect, pick(random, 2, even ? 24 : 6));
    ssd::PostProcessing& settings = scene.settings;
    settings.scores = any_of(random, {ssd::Scores::softmax, ssd::Scores::sigmoid});
    settings.order = any_of(random, {ssd::BoxOrder::xywh, ssd::BoxOrder::yxhw});
    settings.background = any_of(random, {-1, 0, settings.classes - 1});
    settings.score_threshold = any_of(random, {0.0F, 1e-8F, 0.01F, 0.25F, 0.5F, 0.9F});
    settings.iou_threshold = any_of(random, {0.0F, 0.25F, 0.45F, 0.5F, 0.6F, 0.75F});
    settings.max_detections = any_of(random, {-1, 1, 5, 10, 50});
    settings.max_classes_per_detection = pick(random, 1, 3);
    settings.detections_per_class = any_of(random, {-1, 1, 3, 20});
    settings.eta = dialect == Dialect::caffe_ssd ? any_of(random, {1.0F, 0.9F, 0.5F}) : 1.0F;
    settings.clip_boxes = dialect == Dialect::caffe_ssd && pick(random, 0, 1) == 1;
    const float step = even ? any_of(random, {0.5F, 2.0F, 40.0F}) : 1;
    const int priors = pick(random, 0, even ? 60 : 15);
    for (int prior = 0; prior < priors; ++prior) {
        const float y = static_cast<float>(pick(random, -2, 6)) / 8, x = static_cast<float>(pick(random, -2, 6)) / 8;
        scene.add(
            {y, x, y + static_cast<float>(pick(random, 0, 4)) / 8, x + static_cast<float>(pick(random, 0, 4)) / 8}, {});
        for (std::size_t i = 1; i <= 4; ++i) {
            scene.encodings[scene.encodings.size() - i] =
                static_cast<float>(pick(random, -1, 1) * pick(random, 0, 1)) / 2 + (even ? 0 : jitter(random) / 2);
        }
        scene.logits.pop_back();
        for (int c = 0; c < settings.classes; ++c)
            scene.logits.push_back(static_cast<float>(pick(random, -4, 3)) * step + (even ? 0 : jitter(random)));
    }
    return scene;
}

}  // namespace

TEST_CASE("random scenes give what the plain telling of the dialects gives") {
    Random random(1);
    int detections = 0;
    for (int i = 0; i < 20000; ++i) {
        const Scene scene = random_scene(random);
        const int capacity = any_of(random, {1, 4, 30, 5000});
        const std::vector<ssd::Detection> found = scene.run(capacity);
        const std::vector<ssd::Detection> expected =
            plain_post_process(scene.settings, scene.table, scene.encodings, scene.logits, capacity);
        CAPTURE(i);
        CAPTURE(static_cast<int>(scene.settings.dialect));
        REQUIRE(list(found) == list(expected));
        for (std::size_t k = 0; k < found.size(); ++k) {
            REQUIRE(found[k].score == doctest::Approx(expected[k].score).epsilon(1e-6));
            REQUIRE(found[k].ymin == expected[k].ymin);
            REQUIRE(found[k].xmin == expected[k].xmin);
            REQUIRE(found[k].ymax == expected[k].ymax);
            REQUIRE(found[k].xmax == expected[k].xmax);
        }
        detections += static_cast<int>(found.size());
    }
    CHECK(detections > 100000);  // the scenes are no empty ones
}

TEST_CASE("scenes without ties give the same within rounding, whatever the compiler does to arithmetic") {
    Random random(2);
    std::size_t detections = 0;
    for (int i = 0; i < 3000; ++i) {
        const Scene scene = random_scene(random, false);
        const auto sorted = [](std::vector<ssd::Detection> all) {
            std::sort(all.begin(), all.end(), [](const ssd::Detection& a, const ssd::Detection& b) {
                return a.label != b.label ? a.label < b.label : a.anchor < b.anchor;
            });
            return all;
        };
        const std::vector<ssd::Detection> found = sorted(scene.run(1000));
        const std::vector<ssd::Detection> expected =
            sorted(plain_post_process(scene.settings, scene.table, scene.encodings, scene.logits, 1000));
        CAPTURE(i);
        REQUIRE(list(found) == list(expected));
        for (std::size_t k = 0; k < found.size(); ++k) {
            REQUIRE(found[k].score == doctest::Approx(expected[k].score).epsilon(1e-5));
            REQUIRE(found[k].ymin == doctest::Approx(expected[k].ymin).epsilon(1e-5));
            REQUIRE(found[k].xmax == doctest::Approx(expected[k].xmax).epsilon(1e-5));
        }
        detections += found.size();
    }
    CHECK(detections > 10000);
}
