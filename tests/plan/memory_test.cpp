#include "plan/memory.h"

#include "support/error.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace ssdgen;

namespace {

Buffer buffer(const char* name, std::int64_t size, int first, int last, std::int64_t offset = 0) {
    return {name, offset, size, first, last};
}

/// The most that is alive at one step: no placement needs less.
std::int64_t least(const std::vector<Buffer>& buffers) {
    std::int64_t most = 0;
    for (int step = 0; step < 64; ++step) {
        std::int64_t sum = 0;
        for (const Buffer& one : buffers) sum += one.first_step <= step && step <= one.last_step ? one.size : 0;
        most = std::max(most, sum);
    }
    return most;
}

}  // namespace

TEST_CASE("Buffers that are never alive together share the same place") {
    std::vector<Buffer> buffers{buffer("a", 400, 0, 1), buffer("b", 200, 1, 2), buffer("c", 400, 2, 3)};
    CHECK(place_buffers(buffers) == 448 + 256);  // multiples of 64 bytes
    CHECK(buffers[0].offset == 0);
    CHECK(buffers[1].offset == 448);
    CHECK(buffers[2].offset == 0);
}

TEST_CASE("A small buffer goes into the lowest gap that takes it") {
    std::vector<Buffer> buffers{buffer("whole", 1280, 0, 0), buffer("left", 640, 1, 2), buffer("right", 512, 1, 4),
                                buffer("late", 128, 4, 4)};
    place_buffers(buffers);
    CHECK(buffers[1].offset == 0);
    CHECK(buffers[2].offset == 640);
    CHECK(buffers[3].offset == 0);
}

TEST_CASE("Random lifetimes: nothing overlaps, and the arena is no larger than all buffers side by side") {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        std::vector<Buffer> buffers;
        std::int64_t side_by_side = 0;
        const int count = 1 + int(random() % 40);
        for (int index = 0; index < count; ++index) {
            const int first = int(random() % 30);
            buffers.push_back(buffer("b", 1 + random() % 4000, first, first + int(random() % 10)));
            side_by_side += (buffers.back().size + 63) / 64 * 64;
        }
        const std::int64_t arena = place_buffers(buffers);
        CHECK_NOTHROW(check_memory(buffers, arena));
        CHECK(arena >= least(buffers));
        CHECK(arena <= side_by_side);
        // Independent of check_memory: no byte belongs to two buffers at one step.
        for (std::size_t a = 0; a < buffers.size(); ++a)
            for (std::size_t b = 0; b < a; ++b) {
                const bool together = std::max(buffers[a].first_step, buffers[b].first_step) <=
                                      std::min(buffers[a].last_step, buffers[b].last_step);
                const bool overlap = std::max(buffers[a].offset, buffers[b].offset) <
                                     std::min(buffers[a].offset + buffers[a].size, buffers[b].offset + buffers[b].size);
                REQUIRE_FALSE((together && overlap));
            }
    }
}

TEST_CASE("check_memory finds buffers that overlap while both are alive, and one outside the arena") {
    const std::vector<Buffer> overlapping{buffer("conv1", 128, 0, 1), buffer("conv2", 128, 1, 2, 64)};
    CHECK_THROWS_WITH_AS(
        check_memory(overlapping, 1000),
        "internal error: broken invariant: buffers conv1 and conv2 do not overlap while both are alive", InternalError);
    CHECK_NOTHROW(check_memory({buffer("conv1", 128, 0, 1), buffer("conv2", 128, 2, 2, 64)}, 192));
    CHECK_NOTHROW(check_memory({buffer("conv1", 64, 0, 1), buffer("conv2", 128, 1, 2, 64)}, 192));
    CHECK_THROWS_WITH_AS(check_memory({buffer("conv1", 129, 0, 1, 64)}, 192),
                         "internal error: broken invariant: buffer conv1 lies in the arena", InternalError);
    CHECK_THROWS_WITH_AS(check_memory({buffer("conv1", 16, 0, 1, 16)}, 192),
                         "internal error: broken invariant: buffer conv1 lies in the arena", InternalError);
}
