// Claims: average precision is VOC's, worked out here by hand; other sizes and difficult objects count neither way.

#include "../../templates/programs/average_precision.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace application;

namespace {

constexpr SizeRange small = size_ranges[0], medium = size_ranges[1], large = size_ranges[2];

const Edges big{0, 0, 0.5, 0.5}, little{0.6, 0.6, 0.7, 0.7}, middling{0, 0, 0.3, 0.3};

const std::vector<Truth> truths{{0, 1, big, false}, {0, 1, little, false}, {1, 1, middling, false}};

// By score: the big one; it again; the middling one, an overlap of 0.25 / 0.3; nothing; the little one.
const std::vector<Found> found{{0, 1, 0.5, little},
                               {1, 1, 0.6, {0.5, 0.5, 0.6, 0.6}},
                               {1, 1, 0.7, {0, 0, 0.25, 0.3}},
                               {0, 1, 0.8, {0.01, 0, 0.5, 0.5}},
                               {0, 1, 0.9, big}};

double mean(const std::vector<Truth>& objects, const std::vector<Found>& detections,
            const SizeRange& range = every_size) {
    return mean_average_precision(evaluation_of(objects, detections), range);
}

}  // namespace

TEST_CASE("hits 1 of 1, 2 of 3 and 3 of 5, of 3 objects") {
    CHECK(mean(truths, found) == doctest::Approx((1 + 2.0 / 3 + 3.0 / 5) / 3));
}

TEST_CASE("precision is the best at a recall or a higher one") {
    // Hits 1 of 2, 2 of 3: the first counts with 2 of 3.
    const std::vector<Found> late{{0, 1, 0.9, {0.8, 0, 0.9, 0.1}}, {0, 1, 0.8, big}, {0, 1, 0.7, little}};
    CHECK(mean({truths[0], truths[1]}, late) == doctest::Approx(2.0 / 3));
}

TEST_CASE("by size: objects of another size, and what is found of them or is of another size, count for nothing") {
    CHECK(mean(truths, found, small) == doctest::Approx(0.5));  // the wrong one is as small, and comes first
    CHECK(mean(truths, found, medium) == 1);
    CHECK(mean(truths, found, large) == 1);  // the second detection of it is wrong, but comes last
    std::vector<Found> stray = found;
    stray.push_back({0, 1, 0.95, {0.5, 0, 1, 0.5}});
    CHECK(mean(truths, stray, small) == doctest::Approx(0.5));
    CHECK(mean(truths, stray, large) == doctest::Approx(0.5));
}

TEST_CASE("a difficult object need not be found, and may be") {
    std::vector<Truth> marked = truths;
    marked[2].difficult = true;
    CHECK(mean(marked, found) == doctest::Approx((1 + 2.0 / 4) / 2));
}

TEST_CASE("an overlap of exactly one half is a match, of less none") {
    const std::vector<Truth> whole{{0, 1, {0, 0, 1, 1}, false}};
    CHECK(mean(whole, {{0, 1, 0.9, {0, 0, 1, 0.5}}}) == 1);
    CHECK(mean(whole, {{0, 1, 0.9, {0, 0, 1, 0.499}}}) == 0);
    CHECK(mean(whole, {{0, 1, 0.9, {0, 0.5, 1, 0.5}}}) == 0);  // a box without area
}

TEST_CASE("the mean is over the classes that have objects; another picture's or class's object is no match") {
    std::vector<Truth> more = truths;
    more.push_back({1, 2, big, false});
    const double first = (1 + 2.0 / 3 + 3.0 / 5) / 3;
    CHECK(mean(more, found) == doctest::Approx(first / 2));
    std::vector<Found> stray = found;
    stray.push_back({0, 2, 0.9, big});
    stray.push_back({0, 3, 0.9, big});
    CHECK(mean(more, stray) == doctest::Approx(first / 2));
    CHECK(std::isnan(mean({}, found)));
}
