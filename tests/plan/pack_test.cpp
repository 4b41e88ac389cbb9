#include "plan/kernels.h"

#include "plan/packing.h"
#include "target/table.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace ssdgen;

namespace {

std::vector<float> packed(const Kernel& kernel, const Operation& operation) {
    const Target& portable = find_target("portable");  // vectors of 4
    std::vector<float> values(std::size_t(packed_size(portable, kernel)) / sizeof(float), 0.0F);
    pack_weights(portable, kernel, operation, reinterpret_cast<std::byte*>(values.data()));
    return values;
}

}  // namespace

TEST_CASE(
    "A block's weights: bias, then tap by tap and input channel by input channel, a value for every output channel") {
    WindowKernel kind;
    kind.window.columns.kernel = 2;
    kind.blocks = {{0, 0, 3, 1, 1, 0}};
    const Kernel kernel{{dense({4, 4, 2})}, {dense({4, 3, 3})}, {}, 0, kind};
    Convolution convolution;
    convolution.window = kind.window;
    // [out][kh][kw][in]: 100 * out + 10 * column + channel
    convolution.weights = {{3, 1, 2, 2}, {0, 1, 10, 11, 100, 101, 110, 111, 200, 201, 210, 211}};
    convolution.bias = {{3}, {-1, -2, -3}};
    CHECK(packed(kernel, convolution) == std::vector<float>{-1, -2,  -3,  0,                   //
                                                            0,  100, 200, 0, 1,  101, 201, 0,  //
                                                            10, 110, 210, 0, 11, 111, 211, 0});
}

TEST_CASE("The blocks of joined heads follow each other; rows of the second output come after the first's") {
    PointwiseKernel kind;
    kind.blocks = {{0, 0, 4, 1, 1, 0}, {0, 4, 1, 1, 1, 32}, {1, 0, 2, 1, 1, 64}};
    const Kernel kernel{{dense({1, 1, 1})}, {dense({1, 1, 5}), dense({1, 1, 2})}, {}, 0, kind};
    Convolution convolution;
    convolution.weights = {{7, 1, 1, 1}, {1, 2, 3, 4, 5, 6, 7}};
    convolution.bias = {{7}, {10, 20, 30, 40, 50, 60, 70}};
    CHECK(packed(kernel, convolution) == std::vector<float>{10, 20, 30, 40, 1, 2, 3, 4,  //
                                                            50, 0,  0,  0,  5, 0, 0, 0,  //
                                                            60, 70, 0,  0,  6, 7, 0, 0});
}

TEST_CASE("Depthwise weights keep their order behind the bias; a pool has none") {
    DepthwiseKernel kind;
    kind.window.columns.kernel = 2;
    const Kernel kernel{{dense({3, 3, 2})}, {dense({3, 2, 2})}, {}, 0, kind};
    Depthwise depthwise;
    depthwise.window = kind.window;
    depthwise.weights = {{1, 2, 2}, {1, 2, 3, 4}};
    depthwise.bias = {{2}, {8, 9}};
    CHECK(packed(kernel, depthwise) == std::vector<float>{8, 9, 1, 2, 3, 4});
    CHECK(packed_size(find_target("portable"), Kernel{{}, {}, {}, 0, AveragePoolKernel{}}) == 0);
    CHECK(packed_size(find_target("portable"), Kernel{{}, {}, {}, 0, MaxPoolKernel{}}) == 0);
}

TEST_CASE("Blocks of floats follow each other; where weights are smaller, each begins at a multiple of 64 bytes") {
    std::vector<ChannelBlock> blocks{{0, 0, 8, 2, 1}, {0, 8, 4, 1, 1}, {1, 0, 4, 1, 1}};
    Kernel kernel;
    CHECK(place_blocks(blocks, kernel, 4, 9) == 4 * (8 + 4 + 4) * (1 + 9));
    CHECK(blocks[1].weights == 4 * 8 * (1 + 9));
    CHECK(blocks[2].weights == 4 * 12 * (1 + 9));
    for (const Element element : {Element::f16, Element::bf16}) {
        kernel.signature.weight = element;
        CHECK(place_blocks(blocks, kernel, 4, 9) == 192 + 128 + 128);  // 8 * (4 + 18) = 176; 88
        CHECK(blocks[1].weights == 192);
        CHECK(blocks[2].weights == 320);
    }
}

TEST_CASE("Channels go by four registers, by two, by one, and what is left of one") {
    const auto groups = [](int channels, int lanes, int most) {
        std::vector<std::vector<int>> all;
        for (const ChannelGroup& group : channel_groups(channels, lanes, most))
            all.push_back({group.first, group.registers, group.channels, group.count});
        return all;
    };
    using Groups = std::vector<std::vector<int>>;
    CHECK(groups(250, 16, 4) == Groups{{0, 4, 64, 3}, {192, 2, 32, 1}, {224, 1, 16, 1}, {240, 1, 10, 1}});
    CHECK(groups(250, 16, 1) == Groups{{0, 1, 16, 15}, {240, 1, 10, 1}});
    CHECK(groups(48, 8, 2) == Groups{{0, 2, 16, 3}});
    CHECK(groups(3, 8, 4) == Groups{{0, 1, 3, 1}});
}

TEST_CASE("Registers that are narrowed together have the channels dealt out by fours, within 16 bytes each") {
    const auto order = [](int vectors, int lanes) {
        std::vector<int> channels;
        for (int slot = 0; slot < vectors * lanes; ++slot) channels.push_back(channel_of_slot(vectors, lanes, slot));
        return channels;
    };
    CHECK(order(2, 8) == std::vector<int>{0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15});
    CHECK(order(4, 4) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
    CHECK(order(1, 8) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
}
