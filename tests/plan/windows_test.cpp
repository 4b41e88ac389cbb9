#include "plan/windows.h"

#include <doctest/doctest.h>

#include <tuple>

using namespace ssdgen;

namespace {

std::vector<std::tuple<int, int, int, int>> ranges(int input, int output, int kernel, int stride, int dilation,
                                                   int pad) {
    std::vector<std::tuple<int, int, int, int>> all;
    for (const TapRange& range : tap_ranges(input, {kernel, stride, dilation, pad, 0, output}))
        all.emplace_back(range.first, range.count, range.first_tap, range.taps);
    return all;
}

using Ranges = std::vector<std::tuple<int, int, int, int>>;

}  // namespace

TEST_CASE("Outputs are grouped by the taps of their windows that lie inside the map: worked by hand") {
    // first output, outputs, first tap, taps
    CHECK(ranges(5, 5, 3, 1, 1, 1) == Ranges{{0, 1, 1, 2}, {1, 3, 0, 3}, {4, 1, 0, 2}});
    // Stride 2 on an even map: Caffe pads 1 and 1, SAME 0 and 1.
    CHECK(ranges(6, 3, 3, 2, 1, 1) == Ranges{{0, 1, 1, 2}, {1, 2, 0, 3}});
    CHECK(ranges(6, 3, 3, 2, 1, 0) == Ranges{{0, 2, 0, 3}, {2, 1, 0, 2}});
    CHECK(ranges(5, 3, 3, 2, 1, 1) == Ranges{{0, 1, 1, 2}, {1, 1, 0, 3}, {2, 1, 0, 2}});
    // A map of one pixel: the middle tap alone.
    CHECK(ranges(1, 1, 3, 1, 1, 1) == Ranges{{0, 1, 1, 1}});
    CHECK(ranges(2, 2, 5, 1, 1, 2) == Ranges{{0, 1, 2, 2}, {1, 1, 1, 2}});
    // Dilation 2 reaches two pixels out.
    CHECK(ranges(5, 5, 3, 1, 2, 2) == Ranges{{0, 2, 1, 2}, {2, 1, 0, 3}, {3, 2, 0, 2}});
    CHECK(ranges(7, 7, 1, 1, 1, 0) == Ranges{{0, 7, 0, 1}});
    // More padding than window: the first output sees nothing.
    CHECK(ranges(3, 5, 1, 1, 1, 1) == Ranges{{0, 1, 1, 0}, {1, 3, 0, 1}, {4, 1, 0, 0}});
}

TEST_CASE("The ranges hold every output once, with exactly the taps that lie inside") {
    for (int input = 1; input <= 9; ++input)
        for (int kernel = 1; kernel <= 5; ++kernel)
            for (int stride = 1; stride <= 3; ++stride)
                for (int dilation = 1; dilation <= 3; ++dilation)
                    for (int pad = 0; pad <= 3; ++pad) {
                        const int reach = input + 2 * pad - dilation * (kernel - 1) - 1;
                        if (reach < 0) continue;
                        const int output = reach / stride + 1;
                        int next = 0;
                        for (const TapRange& range : tap_ranges(input, {kernel, stride, dilation, pad, 0, output})) {
                            REQUIRE(range.first == next);
                            next += range.count;
                            for (int index = range.first; index < next; ++index)
                                for (int tap = 0; tap < kernel; ++tap) {
                                    const int at = index * stride - pad + tap * dilation;
                                    const bool inside = at >= 0 && at < input;
                                    REQUIRE(inside == (tap >= range.first_tap && tap < range.first_tap + range.taps));
                                }
                        }
                        REQUIRE(next == output);
                    }
}

TEST_CASE("The taps inside the map are those of all ranges") {
    CHECK(taps_inside(tap_ranges(5, {3, 1, 1, 1, 1, 5})) == 13);
    CHECK(taps_inside(tap_ranges(3, {1, 1, 1, 1, 1, 5})) == 3);
    CHECK(taps_inside({}) == 0);
}
