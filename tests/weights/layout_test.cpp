// Claims: weights turn between the neutral layout and a graph's, and back.

#include "weights/layout.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("the channels move behind the taps, in each outer block by itself") {
    // Two outputs of two channels and three taps: output * 100 + channel * 10 + tap.
    const std::vector<float> neutral{0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112};
    const std::vector<float> graph{0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112};
    CHECK(channels_last(neutral, 2, 2, 3) == graph);
    CHECK(channels_first(graph, 2, 2, 3) == neutral);
}

TEST_CASE("weights of another size than their axes are our own fault") {
    CHECK_THROWS_AS(channels_last(std::vector<float>(11), 2, 2, 3), InternalError);
    CHECK_THROWS_AS(channels_first(std::vector<float>(13), 2, 2, 3), InternalError);
}
