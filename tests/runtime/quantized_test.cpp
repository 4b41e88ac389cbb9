#include "ssd/quantized.h"
#include "plain_dialects.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

// Post-processing of raw outputs of 8 bits: against that of the dequantized numbers, and with a table of scores against
// the plain telling of the dialects.

namespace {

using Bytes = std::vector<std::uint8_t>;
using Random = std::mt19937;

int pick(Random& random, int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
}

template <class T>
T any_of(Random& random, std::initializer_list<T> choices) {
    return choices.begin()[random() % choices.size()];
}

/// Raw outputs of 8 bits, and all that their detections depend on.
struct Scene {
    ssd::PostProcessing settings{};
    std::vector<float> table;  // of priors
    Bytes boxes, logits, score_table;
    ssd::QuantizedOutputs meaning{};
    int capacity = 0;
    float threshold = -1;

    int priors() const { return static_cast<int>(table.size() / 4); }
    ssd::Priors all_priors() const { return {nullptr, 0, table.data(), false, priors()}; }
};

ssd::PostProcessing random_settings(Random& random) {
    using ssd::Dialect;
    ssd::PostProcessing settings{};
    settings.dialect = any_of(random, {Dialect::caffe_ssd, Dialect::tflite_fast, Dialect::tflite_regular});
    settings.scores = any_of(random, {ssd::Scores::softmax, ssd::Scores::sigmoid});
    settings.order = any_of(random, {ssd::BoxOrder::xywh, ssd::BoxOrder::yxhw});
    const float centre = any_of(random, {0.1F, 1.0F}), size = any_of(random, {0.2F, 1.0F});
    for (int i = 0; i < 4; ++i) settings.variances[i] = i < 2 ? centre : size;
    settings.classes = any_of(random, {1, 2, 3, 5, 16, 17, 21, 33, 91});
    settings.background = any_of(random, {-1, 0, 0, settings.classes - 1});
    settings.score_threshold = any_of(random, {0.0F, 1e-8F, 0.01F, 0.05F, 0.25F, 0.5F, 0.9F, 1.0F});
    settings.iou_threshold = any_of(random, {0.0F, 0.25F, 0.45F, 0.6F, 0.75F});
    settings.max_detections = any_of(random, {-1, -1, 0, 1, 5, 10, 50});
    settings.max_classes_per_detection = pick(random, 1, 3);
    settings.detections_per_class = any_of(random, {-1, -1, 0, 1, 3, 20});
    settings.eta = settings.dialect == Dialect::caffe_ssd ? any_of(random, {1.0F, 0.9F, 0.5F}) : 1.0F;
    settings.clip_boxes = settings.dialect == Dialect::caffe_ssd && pick(random, 0, 1) == 1;
    return settings;
}

ssd::Quantization random_meaning(Random& random, std::initializer_list<float> scales) {
    return {any_of(random, scales), any_of(random, {0, 1, 128, 191, 223, 254, 255, pick(random, 0, 255)})};
}

/// Of one kind each: any numbers, a few, all the same but for a few, the ends.
Bytes random_bytes(Random& random, int count) {
    Bytes bytes(static_cast<std::size_t>(count));
    const int kind = pick(random, 0, 3), start = pick(random, 0, 252);
    for (std::uint8_t& byte : bytes) {
        const int choices[] = {pick(random, 0, 255), start + pick(random, 0, 3),
                               start + (pick(random, 0, 40) == 0 ? pick(random, 0, 3) : 0), 255 * pick(random, 0, 1)};
        byte = static_cast<std::uint8_t>(choices[kind]);
    }
    return bytes;
}

void add_random_priors(Random& random, int count, Scene& scene) {
    const bool negative = pick(random, 0, 30) == 0;  // for which TensorFlow Lite's operator fails as a whole
    for (int prior = 0; prior < count; ++prior) {
        for (int i = 0; i < 2; ++i) scene.table.push_back(static_cast<float>(pick(random, -2, 10)) / 8);
        for (int i = 0; i < 2; ++i) scene.table.push_back(static_cast<float>(pick(random, negative ? -1 : 0, 5)) / 8);
    }
}

Scene random_scene(Random& random) {
    Scene scene;
    scene.settings = random_settings(random);
    const int priors = any_of(random, {0, 1, 7, 40, 40, 120});
    add_random_priors(random, priors, scene);
    scene.boxes = random_bytes(random, priors * 4);
    scene.logits = random_bytes(random, priors * scene.settings.classes);
    scene.meaning.boxes = random_meaning(random, {1e-30F, 0.004F, 0.05F, 0.079F, 1.0F, 1e36F});
    scene.meaning.logits = random_meaning(random, {1e-40F, 1e-9F, 0.004F, 0.0497F, 0.1F, 0.3F, 2.0F, 40.0F, 1e36F});
    scene.capacity = any_of(random, {0, 1, 4, 30, 5000});
    // Now and then a threshold that some logit's score is equal to.
    if (pick(random, 0, 2) == 0)
        scene.threshold = ssd::detail::sigmoid(scene.meaning.logits.value(pick(random, 0, 255)));
    return scene;
}

std::vector<ssd::Detection> run(const Scene& scene) {
    // Exactly as large as asked for, so that a sanitizer sees any byte beyond.
    std::vector<std::uint32_t> scratch(ssd::quantized_post_scratch_bytes(scene.settings, scene.priors()) / 4,
                                       0xFFFFFFFFU);
    std::vector<ssd::Detection> found(static_cast<std::size_t>(scene.capacity));
    const int count =
        ssd::post_process(scene.settings, scene.all_priors(), scene.meaning, scene.boxes.data(), scene.logits.data(),
                          scratch.data(), found.data(), scene.capacity, {scene.threshold});
    REQUIRE(count >= 0);
    found.resize(static_cast<std::size_t>(count));
    return found;
}

std::vector<float> dequantized(const Bytes& bytes, const ssd::Quantization& meaning) {
    std::vector<float> values(bytes.size());
    ssd::dequantize(bytes.data(), static_cast<std::ptrdiff_t>(bytes.size()), meaning.scale, meaning.zero_point,
                    values.data());
    return values;
}

std::vector<ssd::Detection> run_dequantized(const Scene& scene) {
    std::vector<std::uint32_t> scratch(ssd::post_scratch_bytes(scene.settings, scene.priors()) / 4);
    std::vector<ssd::Detection> found(static_cast<std::size_t>(scene.capacity));
    const int count =
        ssd::post_process(scene.settings, scene.all_priors(), dequantized(scene.boxes, scene.meaning.boxes).data(),
                          dequantized(scene.logits, scene.meaning.logits).data(), scratch.data(), found.data(),
                          scene.capacity, {scene.threshold});
    REQUIRE(count >= 0);
    found.resize(static_cast<std::size_t>(count));
    return found;
}

bool same_bits(const std::vector<ssd::Detection>& a, const std::vector<ssd::Detection>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0);
}

/// A rising table, of coarse steps or fine ones.
Bytes random_score_table(Random& random) {
    Bytes table(256);
    for (std::uint8_t& score : table) score = static_cast<std::uint8_t>(pick(random, 0, 255));
    std::sort(table.begin(), table.end());
    const int coarse = any_of(random, {1, 1, 16, 100, 256});
    for (std::uint8_t& score : table) score = static_cast<std::uint8_t>(score / coarse * coarse);
    return table;
}

}  // namespace

TEST_CASE("quantized raw outputs give what the dequantized ones give, to the bit") {
    Random random(1);
    std::size_t detections = 0, scenes_with_some = 0;
    for (int i = 0; i < 20000; ++i) {
        const Scene scene = random_scene(random);
        const std::vector<ssd::Detection> expected = run_dequantized(scene);
        CAPTURE(i);
        CAPTURE(static_cast<int>(scene.settings.dialect));
        CAPTURE(static_cast<int>(scene.settings.scores));
        REQUIRE(same_bits(run(scene), expected));
        detections += expected.size();
        scenes_with_some += expected.empty() ? 0 : 1;
    }
    CHECK(detections > 100000);  // the scenes are no empty ones
    CHECK(scenes_with_some > 5000);
}

TEST_CASE("with a table, thresholds, order, ties and the best class go by the stored scores") {
    Random random(2);
    std::size_t detections = 0;
    for (int i = 0; i < 10000; ++i) {
        Scene scene = random_scene(random);
        // What the plain telling has no words for: boxes that reach too far, no boxes, an operator that fails.
        scene.meaning.boxes.scale = 0.01F;
        for (float& value : scene.table) value = std::fabs(value);
        scene.score_table = random_score_table(random);
        scene.meaning.score_table = scene.score_table.data();
        scene.meaning.scores = {1.0F / 256, any_of(random, {0, 0, 3})};
        scene.capacity = std::max(scene.capacity, 1);
        scene.threshold = -1;
        scene.settings.score_threshold =
            any_of(random, {1e-8F, 0.25F, scene.meaning.scores.value(pick(random, 3, 255))});
        if (scene.settings.background >= 0 && scene.settings.classes == 1) continue;
        std::vector<float> scores;
        for (const std::uint8_t logit : scene.logits)
            scores.push_back(scene.meaning.scores.value(scene.score_table[logit]));
        const std::vector<ssd::Detection> expected = plain_post_process_of_scores(
            scene.settings, scene.table, dequantized(scene.boxes, scene.meaning.boxes), scores, scene.capacity);
        CAPTURE(i);
        CAPTURE(static_cast<int>(scene.settings.dialect));
        REQUIRE(same_bits(run(scene), expected));
        detections += expected.size();
    }
    CHECK(detections > 50000);
}

TEST_CASE("dequantize: the difference to the zero point times the scale, in f32") {
    Bytes all(256);
    std::iota(all.begin(), all.end(), std::uint8_t{0});
    for (const float scale : {1e-40F, 0.0497367680F, 0.0790278763F, 3.0F, 1e36F}) {
        for (const int zero_point : {0, 1, 128, 255}) {
            const std::vector<float> values = dequantized(all, {scale, zero_point});
            for (int stored = 0; stored < 256; ++stored) {
                const double exact = static_cast<double>(scale) * (stored - zero_point);
                REQUIRE(values[static_cast<std::size_t>(stored)] == static_cast<float>(exact));
            }
        }
    }
    for (int count = 0; count < 50; ++count) {
        std::vector<float> values(static_cast<std::size_t>(count) + 1, -7.0F);
        ssd::dequantize(all.data() + 1, count, 2, 3, values.data());
        for (int i = 0; i < count; ++i)
            REQUIRE(values[static_cast<std::size_t>(i)] == static_cast<float>(2 * (i + 1 - 3)));
        REQUIRE(values.back() == -7);  // nothing behind them is written
    }
}

TEST_CASE("the largest of stored numbers, of any count and wherever it is") {
    for (int count = 0; count < 100; ++count) {
        // The numbers beside them are larger.
        Bytes bytes(static_cast<std::size_t>(count) + 2, 255);
        std::uint8_t* const values = bytes.data() + 1;
        std::fill_n(values, count, std::uint8_t{0});
        REQUIRE(ssd::detail::largest(values, count) == 0);
        for (int place = 0; place < count; ++place) {
            for (const int most : {1, 127, 128, 255}) {
                const std::uint8_t value = static_cast<std::uint8_t>(most);
                std::fill_n(values, count, static_cast<std::uint8_t>(value - 1));
                values[place] = value;
                REQUIRE(ssd::detail::largest(values, count) == value);
            }
        }
    }
}

TEST_CASE("scratch memory of quantized raw outputs: 12 bytes a prior, and the boxes and classes of the result") {
    ssd::PostProcessing settings{};
    settings.classes = 91;
    settings.dialect = ssd::Dialect::tflite_fast;
    settings.max_detections = 10;
    CHECK(ssd::quantized_post_scratch_bytes(settings, 1917) == 1917 * 12 + 10 * 24 + 91 * 12);
    CHECK(ssd::quantized_post_scratch_bytes(settings, 3) == 3 * 12 + 3 * 24 + 91 * 12);
    settings.dialect = ssd::Dialect::tflite_regular;
    settings.detections_per_class = 100;
    CHECK(ssd::quantized_post_scratch_bytes(settings, 1917) == 1917 * 12 + 10 * 24 + 91 * 12);
    settings.dialect = ssd::Dialect::caffe_ssd;
    settings.max_detections = 200;
    CHECK(ssd::quantized_post_scratch_bytes(settings, 1917) == 1917 * 12 + 100 * 24 + 91 * 12);
    settings.max_detections = settings.detections_per_class = -1;
    CHECK(ssd::quantized_post_scratch_bytes(settings, 1917) == 1917 * 36 + 91 * 12);
}

TEST_CASE("post_process of quantized raw outputs says what is wrong with a call") {
    Random random(3);
    Scene scene = random_scene(random);
    while (scene.priors() == 0) scene = random_scene(random);
    std::vector<std::uint32_t> scratch(ssd::quantized_post_scratch_bytes(scene.settings, scene.priors()) /
                                       sizeof(std::uint32_t));
    ssd::Detection found[2];
    const auto call = [&](const std::uint8_t* boxes, const std::uint8_t* logits, void* memory, ssd::Detection* out,
                          int capacity, float threshold) {
        return ssd::post_process(scene.settings, scene.all_priors(), scene.meaning, boxes, logits, memory, out,
                                 capacity, {threshold});
    };
    const std::uint8_t *const boxes = scene.boxes.data(), *const logits = scene.logits.data();
    char* const memory = reinterpret_cast<char*>(scratch.data());
    CHECK(call(boxes, logits, memory, found, 2, -1) >= 0);
    CHECK(call(nullptr, logits, memory, found, 2, -1) == static_cast<int>(ssd::Error::no_outputs));
    CHECK(call(boxes, nullptr, memory, found, 2, -1) == static_cast<int>(ssd::Error::no_outputs));
    CHECK(call(boxes, logits, nullptr, found, 2, -1) == static_cast<int>(ssd::Error::no_workspace));
    CHECK(call(boxes, logits, memory + 1, found, 2, -1) == static_cast<int>(ssd::Error::alignment));
    CHECK(call(boxes, logits, memory, nullptr, 2, -1) == static_cast<int>(ssd::Error::no_results));
    CHECK(call(boxes, logits, memory, found, -1, -1) == static_cast<int>(ssd::Error::capacity));
    CHECK(call(boxes, logits, memory, found, 2, 1.5F) == static_cast<int>(ssd::Error::threshold));
}
