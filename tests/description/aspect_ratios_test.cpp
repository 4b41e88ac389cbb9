#include "description/aspect_ratios.h"

#include <doctest/doctest.h>

using namespace ssdgen;

using Ratios = std::vector<double>;

TEST_CASE("aspect ratios stand once, 1 not at all, and inverses behind theirs if they are flipped") {
    CHECK(caffe_ratios({2, 3}, true) == Ratios{2, 1.0 / 2, 3, 1.0 / 3});
    CHECK(caffe_ratios({2, 3}, false) == Ratios{2, 3});
    CHECK(caffe_ratios({1, 2, 0.5, 2.0000005}, true) == Ratios{2, 0.5});
    CHECK(caffe_ratios({2, 0.5, 2.00001}, false) == Ratios{2, 0.5, 2.00001});
    CHECK(caffe_ratios({}, true).empty());
}
