#include "ssd/classify.h"
#include "scene.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

TEST_CASE("softmax sums to one and bears any offset") {
    for (const float offset : {0.0F, 80.0F, -80.0F, 1e4F}) {
        float values[] = {offset, offset + 1, offset + 2};
        ssd::softmax(values, 3);
        const double sum = 1 + std::exp(1.0) + std::exp(2.0);
        CHECK(values[0] == doctest::Approx(1 / sum).epsilon(1e-6));
        CHECK(values[1] == doctest::Approx(std::exp(1.0) / sum).epsilon(1e-6));
        CHECK(values[2] == doctest::Approx(std::exp(2.0) / sum).epsilon(1e-6));
    }
    float far[] = {-1000, 1000};
    ssd::softmax(far, 2);
    CHECK(far[0] == 0);
    CHECK(far[1] == 1);
    ssd::softmax(far, 0);
}

TEST_CASE("sigmoid takes each value by itself, at any size") {
    float values[] = {0, 1, -1, 200, -200};
    ssd::sigmoid(values, 5);
    CHECK(values[0] == 0.5F);
    CHECK(values[1] == doctest::Approx(1 / (1 + std::exp(-1.0))).epsilon(1e-6));
    CHECK(values[1] + values[2] == doctest::Approx(1).epsilon(1e-6));
    CHECK(values[3] == 1);
    CHECK(values[4] == doctest::Approx(0));
    ssd::sigmoid(values, 0);

    constexpr float infinity = std::numeric_limits<float>::infinity();
    float odd[] = {1, infinity, -infinity, std::nanf("")};
    ssd::sigmoid(odd, 4);
    ssd::Classification best[4];
    CHECK(ssd::top_classes(odd, 4, best, 4) == 1);
    CHECK(best[0].label == 0);
}

TEST_CASE("the largest of values at every place of any count, passing over what is not finite, and saying so") {
    for (int count = 0; count < 40; ++count) {
        std::vector<float> values(static_cast<std::size_t>(count), -3);
        for (std::size_t place = 0; place < values.size(); ++place) {
            values[place] = 5;
            CHECK(ssd::detail::largest(values.data(), count).value == 5);
            CHECK(ssd::detail::largest(values.data(), count).all_finite);
            for (const std::uint32_t bits : no_numbers) {
                std::memcpy(&values[place], &bits, sizeof bits);
                const auto [value, all_finite] = ssd::detail::largest(values.data(), count);
                CHECK(value == (count == 1 ? std::numeric_limits<float>::lowest() : -3));
                CHECK_FALSE(all_finite);
            }
            values[place] = -3;
        }
    }
    CHECK(ssd::detail::largest(nullptr, 0).value == std::numeric_limits<float>::lowest());
    CHECK(ssd::detail::largest(nullptr, 0).all_finite);
}

TEST_CASE("what is not finite is no class, and a softmax of it gives none") {
    for (const std::uint32_t bits : no_numbers) {
        float scores[] = {0.2F, 0, 0.7F};
        std::memcpy(&scores[1], &bits, sizeof bits);
        ssd::Classification found[3];
        REQUIRE(ssd::top_classes(scores, 3, found, 3) == 2);
        CHECK(found[0].label == 2);
        CHECK(found[1].label == 0);
        ssd::softmax(scores, 3);
        CHECK(ssd::top_classes(scores, 3, found, 3) == 0);
    }
}

TEST_CASE("the best classes, the lower index first among equals") {
    float scores[] = {0.1F, 0.3F, 0, 0.3F, 0.9F, 0.1F};
    std::memcpy(&scores[2], &no_numbers[0], sizeof scores[2]);
    const auto top = [&](int capacity) {
        ssd::Classification found[8];
        const int count = ssd::top_classes(scores, 6, found, capacity);
        std::vector<int> labels;
        for (int i = 0; i < count; ++i) {
            CHECK(found[i].score == scores[found[i].label]);
            labels.push_back(found[i].label);
        }
        return labels;
    };
    CHECK(top(0) == std::vector<int>{});
    CHECK(top(1) == std::vector<int>{4});
    CHECK(top(2) == std::vector<int>{4, 1});
    CHECK(top(4) == std::vector<int>{4, 1, 3, 0});
    CHECK(top(8) == std::vector<int>{4, 1, 3, 0, 5});
}
