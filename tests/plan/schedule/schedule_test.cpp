#include "plan/schedule/schedule.h"

#include "target/table.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace ssdgen;

namespace {

void check_blocks(const Target& target, const std::vector<int>& outputs, int row) {
    CAPTURE(target.name);
    const VectorUnit& unit = vector_unit(target, Element::f32);
    CAPTURE(row);
    CAPTURE(outputs[0]);
    int output = 0, next = 0;
    for (const ChannelBlock& block : schedule_blocks(target, outputs, row)) {
        if (block.output == output + 1) {
            REQUIRE(next == outputs[std::size_t(output)]);
            ++output;
            next = 0;
        }
        REQUIRE(block.output == output);
        REQUIRE(block.first_channel == next);
        REQUIRE(block.channels >= 1);
        REQUIRE(block.vectors == (block.channels + unit.lanes - 1) / unit.lanes);
        REQUIRE(block.pixels >= 1);
        REQUIRE(block.pixels <= row);
        // Sums, a step's weights and one input.
        REQUIRE(block.pixels * block.vectors + block.vectors + 1 <= unit.registers);
        next += block.channels;
    }
    REQUIRE(output + 1 == int(outputs.size()));
    REQUIRE(next == outputs.back());
}

}  // namespace

TEST_CASE("Channel blocks cover every channel of every output, one after the other, and fit the registers") {
    for (const Target& target : targets())
        for (int row : {1, 2, 3, 5, 6, 7, 12, 19, 361})
            for (int channels = 1; channels <= 200; ++channels) {
                check_blocks(target, {channels}, row);
                check_blocks(target, {4 * channels, 21}, row);
            }
}

TEST_CASE("The schedule of AVX-512 takes 64 channels at a time, six pixels wide, where both are there") {
    const auto blocks = schedule_blocks(find_target("x86-64-v4"), {512}, 360);
    REQUIRE(blocks.size() == 8);
    for (const ChannelBlock& block : blocks) {
        CHECK(block.channels == 64);
        CHECK(block.pixels == 6);
    }
}

TEST_CASE("Depthwise tiles are no wider than the row and fit the registers") {
    for (const Target& target : targets())
        for (int kernel : {1, 3, 5, 7})
            for (int row = 1; row <= 40; ++row) {
                Window window;
                window.rows.kernel = window.columns.kernel = kernel;
                const int pixels = schedule_depthwise_pixels(target, window, row, 32);
                REQUIRE(pixels >= 1);
                REQUIRE(pixels <= row);
                REQUIRE(pixels + kernel + 1 <= vector_unit(target, Element::f32).registers);
            }
}

TEST_CASE("A pointwise in a stream takes as few rows as give its weights enough pixels, and no more than there are") {
    const Target& target = find_target("x86-64-v4");
    CHECK(schedule_stream_rows(target, {150, 150, 64}, 32) == 1);
    CHECK(schedule_stream_rows(target, {8, 8, 128}, 128) == 2);    // 16 pixels
    CHECK(schedule_stream_rows(target, {19, 19, 512}, 512) == 3);  // 54: the weights come from beyond the cache
    CHECK(schedule_stream_rows(target, {2, 2, 128}, 128) == 2);
}

TEST_CASE("A tile takes as long as its tightest limit") {
    Target target;
    target.units = {{Element::f32, 8, 16, 2, 2, 4, true}};
    target.caches = {32 << 10, 512 << 10, 16, 0, false};
    CHECK(tile_cycles(target, 6, 2) == 6);     // 12 sums on 2 ports
    CHECK(tile_cycles(target, 1, 1) == 4);     // the latency of one sum
    CHECK(tile_cycles(target, 12, 1) == 6.5);  // 1 / 2 + 12 / 2 loads
    CHECK(tile_cycles(target, 2, 4) == 8);     // 128 bytes of weights at 16 a cycle
}

TEST_CASE("Weights are fetched ahead of their use where a block's do not stay in the first-level cache") {
    for (const char* name : {"x86-64-v3", "x86-64-v4"}) {
        const Target& target = find_target(name);
        CHECK(schedule_terms(target, target.caches.l1_bytes / 2).prefetch_bytes == 0);
        CHECK(schedule_terms(target, target.caches.l1_bytes / 2 + 1).prefetch_bytes == target.caches.prefetch_bytes);
        CHECK(target.caches.prefetch_bytes > 0);
    }
    CHECK(schedule_terms(find_target("portable"), 1 << 20).prefetch_bytes == 0);
}
