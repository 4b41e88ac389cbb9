#include "scene.h"

#include <doctest/doctest.h>

TEST_CASE("an encoding moves the prior's centre in its size, and stretches it by exponentials") {
    Scene scene(ssd::Dialect::caffe_ssd);
    scene.add({0.25F, 0.375F, 0.75F, 0.625F}, {0.9F, 0.1F});                 // centre 0.5, 0.5; height 0.5, width 0.25
    scene.encodings = {1, 2, std::log(2.0F) / 0.2F, std::log(0.5F) / 0.2F};  // dx, dy, dw, dh
    ssd::Detection found = scene.run().at(0);
    // cx = 0.1 * 1 * 0.25 + 0.5, cy = 0.1 * 2 * 0.5 + 0.5, w = 2 * 0.25, h = 0.5 * 0.5
    CHECK(found.xmin == doctest::Approx(0.525 - 0.25));
    CHECK(found.xmax == doctest::Approx(0.525 + 0.25));
    CHECK(found.ymin == doctest::Approx(0.6 - 0.125));
    CHECK(found.ymax == doctest::Approx(0.6 + 0.125));

    scene.settings.order = ssd::BoxOrder::yxhw;
    for (const ssd::Dialect dialect : {ssd::Dialect::caffe_ssd, ssd::Dialect::tflite_fast}) {
        scene.settings.dialect = dialect;
        found = scene.run().at(0);
        // cy = 0.1 * 1 * 0.5 + 0.5, cx = 0.1 * 2 * 0.25 + 0.5, h = 2 * 0.5, w = 0.5 * 0.25
        CHECK(found.ymin == doctest::Approx(0.55 - 0.5));
        CHECK(found.ymax == doctest::Approx(0.55 + 0.5));
        CHECK(found.xmin == doctest::Approx(0.55 - 0.0625));
        CHECK(found.xmax == doctest::Approx(0.55 + 0.0625));
    }
}

TEST_CASE("each of the four variances belongs to its own number") {
    Scene scene(ssd::Dialect::caffe_ssd);
    scene.add({0, 0, 1, 1}, {0.9F, 0.1F});
    scene.encodings = {1, 1, 1, 1};
    const float variances[4] = {0.1F, 0.2F, 0.3F, 0.4F};
    std::copy(variances, variances + 4, scene.settings.variances);
    const ssd::Detection found = scene.run().at(0);
    CHECK((found.xmin + found.xmax) / 2 == doctest::Approx(0.6));
    CHECK((found.ymin + found.ymax) / 2 == doctest::Approx(0.7));
    CHECK(found.xmax - found.xmin == doctest::Approx(std::exp(0.3)));
    CHECK(found.ymax - found.ymin == doctest::Approx(std::exp(0.4)));
}

TEST_CASE("softmax scores count the background in their sum") {
    for (const ssd::Dialect dialect :
         {ssd::Dialect::caffe_ssd, ssd::Dialect::tflite_fast, ssd::Dialect::tflite_regular}) {
        Scene scene(dialect);
        scene.settings.scores = ssd::Scores::softmax;
        scene.add({0, 0, 1, 1}, {0.5F, 0.5F});
        scene.logits = {std::log(0.2F) + 7, std::log(0.7F) + 7, std::log(0.1F) + 7};
        std::vector<ssd::Detection> found = scene.run();
        REQUIRE(list(found) == "1:0");
        CHECK(found[0].score == doctest::Approx(0.7).epsilon(1e-6));
        CHECK(list(scene.run(10, 0.69F)) == "1:0");
        CHECK(list(scene.run(10, 0.71F)) == "");
        scene.logits = {1000, 900, -1000};  // neither overflow nor division by zero
        CHECK(list(scene.run()) == "");
        scene.logits = {900, 1000, -1000};
        CHECK(scene.run().at(0).score == 1);
    }
}

TEST_CASE("the sigmoid is right at both ends and never falls") {
    CHECK(ssd::detail::sigmoid(0) == 0.5F);
    CHECK(ssd::detail::sigmoid(1000) == 1);
    CHECK(ssd::detail::sigmoid(-1000) == 0);
    CHECK(ssd::detail::sigmoid(-50) == doctest::Approx(1.9287498479639178e-22));
    float last = 0;
    for (float x = -30; x < 30; x = std::nextafter(x + 1e-4F, 100.0F)) {
        CHECK_UNARY(ssd::detail::sigmoid(x) >= last);
        last = ssd::detail::sigmoid(x);
    }
}
