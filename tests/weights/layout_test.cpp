// Claims: the axes of a tensor change places and join, and its quantization stays with its axis.

#include "weights/layout.h"

#include "support/error.h"

#include <doctest/doctest.h>

using namespace ssdgen;

namespace {

/// [2][2][3] as bytes: 100 * first + 10 * second + third, with a scale for each index of an axis.
WeightTensor bytes(int axis, std::vector<float> scales) {
    const std::vector<std::uint8_t> stored{0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112};
    std::vector<std::int32_t> zero_points(scales.size(), 0);
    return {{2, 2, 3}, stored, Quantization{std::move(scales), std::move(zero_points), axis}};
}

}  // namespace

TEST_CASE("axes change places, the last one fastest") {
    const WeightTensor turned = permuted(bytes(-1, {1}), {0, 2, 1});
    CHECK(turned.shape == std::vector<int>{2, 3, 2});
    CHECK(turned.values() == std::vector<float>{0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112});
    CHECK(permuted(turned, {0, 2, 1}) == bytes(-1, {1}));
    CHECK(permuted(bytes(-1, {1}), {2, 0, 1}).values() ==
          std::vector<float>{0, 10, 100, 110, 1, 11, 101, 111, 2, 12, 102, 112});
}

TEST_CASE("a scale an index goes with its axis, so that every number means what it meant") {
    const WeightTensor each = bytes(2, {1, 2, 4});
    CHECK(each.values() == std::vector<float>{0, 2, 8, 10, 22, 48, 100, 202, 408, 110, 222, 448});
    const WeightTensor turned = permuted(each, {2, 0, 1});
    CHECK(turned.quantization->axis == 0);
    CHECK(turned.values() == std::vector<float>{0, 10, 100, 110, 2, 22, 202, 222, 8, 48, 408, 448});
    CHECK(permuted(each, {0, 2, 1}).quantization->axis == 1);
    const WeightTensor seen = reshaped(bytes(0, {1, 2}), {2, 6, 1});
    CHECK(seen.quantization->axis == 0);
    CHECK(seen.element() == Element::u8);
    CHECK(seen.values() == bytes(0, {1, 2}).values());
}

TEST_CASE("where a shape cuts the slices of the scales apart, the numbers become what they mean") {
    const WeightTensor cut = reshaped(bytes(1, {1, 2}), {2, 6});
    CHECK(cut.element() == Element::f32);
    CHECK_FALSE(cut.quantization);
    CHECK(cut.shape == std::vector<int>{2, 6});
    CHECK(cut.values() == bytes(1, {1, 2}).values());
    CHECK(reshaped(bytes(-1, {3}), {12}).element() == Element::u8);
}

TEST_CASE("tensors of another size than their axes are our own fault") {
    CHECK_THROWS_AS(permuted({{11}, std::vector<float>(12)}, {0}), InternalError);
    CHECK_THROWS_AS(permuted({{3, 4}, std::vector<float>(12)}, {0}), InternalError);
    CHECK_THROWS_AS(reshaped({{12}, std::vector<float>(12)}, {13}), InternalError);
}
