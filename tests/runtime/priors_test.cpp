#include "ssd/priors.h"

#include <doctest/doctest.h>

TEST_CASE("priors of Caffe: cells in rows, boxes of a cell together, sources one after the other") {
    // Two sources of a 300 x 300 picture: 2 x 3 cells with two boxes, 1 x 1 with one.
    const ssd::BoxSize first[] = {{0.2F, 0.2F}, {0.1F, 0.4F}}, second[] = {{0.75F, 0.5F}};
    const ssd::PriorGrid grids[] = {{2, 3, 0.5F, 0.5F, 0.5F, 1 / 3.0F, 2, first}, {1, 1, 0.5F, 0.5F, 1, 1, 1, second}};
    const ssd::Priors priors{grids, 2, nullptr, false, 13};

    const auto check = [&](int index, float cy, float cx, float h, float w) {
        const ssd::PriorBox box = ssd::prior(priors, index);
        CAPTURE(index);
        CHECK(box.cy == doctest::Approx(cy));
        CHECK(box.cx == doctest::Approx(cx));
        CHECK(box.h == doctest::Approx(h));
        CHECK(box.w == doctest::Approx(w));
    };
    check(0, 0.25F, 1 / 6.0F, 0.2F, 0.2F);
    check(1, 0.25F, 1 / 6.0F, 0.1F, 0.4F);
    check(2, 0.25F, 0.5F, 0.2F, 0.2F);
    check(5, 0.25F, 5 / 6.0F, 0.1F, 0.4F);
    check(6, 0.75F, 1 / 6.0F, 0.2F, 0.2F);
    check(11, 0.75F, 5 / 6.0F, 0.1F, 0.4F);
    check(12, 0.5F, 0.5F, 0.75F, 0.5F);
}

TEST_CASE("a step that is not the map's own, as VGG-SSD states it, moves the centres") {
    const ssd::BoxSize size[] = {{0.1F, 0.1F}};
    const ssd::PriorGrid grid[] = {{38, 38, 0.5F, 0.5F, 8 / 300.0F, 8 / 300.0F, 1, size}};
    const ssd::Priors priors{grid, 1, nullptr, false, 38 * 38};
    CHECK(ssd::prior(priors, 37).cx == doctest::Approx(37.5 * 8 / 300));  // 1.0: not 37.5 / 38
    CHECK(ssd::prior(priors, 37).cy == doctest::Approx(0.5 * 8 / 300));
}

TEST_CASE("clipping moves the corners into the picture, and the centre with them") {
    const ssd::BoxSize size[] = {{0.5F, 2}};
    const ssd::PriorGrid grid[] = {{2, 1, 0.5F, 0.5F, 0.25F, 1, 1, size}};
    const ssd::PriorBox box = ssd::prior({grid, 1, nullptr, true, 2}, 0);  // rows -0.125 to 0.375, columns -0.5 to 1.5
    CHECK(box.cy == 0.1875F);
    CHECK(box.h == 0.375F);
    CHECK(box.cx == 0.5F);
    CHECK(box.w == 1);
    const ssd::PriorBox whole = ssd::prior({grid, 1, nullptr, false, 2}, 0);
    CHECK(whole.cy == 0.125F);
    CHECK(whole.w == 2);
}

TEST_CASE("a table stands for itself") {
    const float table[] = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F};
    const ssd::PriorBox box = ssd::prior({nullptr, 0, table, false, 2}, 1);
    CHECK(box.cy == 0.5F);
    CHECK(box.cx == 0.6F);
    CHECK(box.h == 0.7F);
    CHECK(box.w == 0.8F);
}
