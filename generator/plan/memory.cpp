#include "plan/memory.h"

#include "plan/alignment.h"
#include "support/error.h"

#include <algorithm>
#include <numeric>

namespace ssdgen {

namespace {

bool alive_together(const Buffer& a, const Buffer& b) {
    return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

std::int64_t lowest_gap(const Buffer& buffer, std::vector<const Buffer*> placed) {
    std::sort(placed.begin(), placed.end(), [](const Buffer* a, const Buffer* b) { return a->offset < b->offset; });
    std::int64_t offset = 0;
    for (const Buffer* other : placed) {
        if (!alive_together(buffer, *other)) continue;
        if (offset + buffer.size <= other->offset) break;
        offset = std::max(offset, aligned(other->offset + other->size));
    }
    return offset;
}

}  // namespace

std::int64_t place_buffers(std::vector<Buffer>& buffers) {
    std::vector<std::size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return buffers[a].size > buffers[b].size; });
    std::vector<const Buffer*> placed;
    std::int64_t arena = 0;
    for (std::size_t index : order) {
        Buffer& buffer = buffers[index];
        buffer.offset = lowest_gap(buffer, placed);
        arena = std::max(arena, aligned(buffer.offset + buffer.size));
        placed.push_back(&buffer);
    }
    check_memory(buffers, arena);
    return arena;
}

void check_memory(const std::vector<Buffer>& buffers, std::int64_t arena_size) {
    for (std::size_t a = 0; a < buffers.size(); ++a) {
        const Buffer& first = buffers[a];
        check(first.offset >= 0 && first.offset % alignment == 0 && first.offset + first.size <= arena_size,
              "buffer " + first.name + " lies in the arena");
        for (std::size_t b = a + 1; b < buffers.size(); ++b) {
            const Buffer& second = buffers[b];
            const bool apart =
                first.offset + first.size <= second.offset || second.offset + second.size <= first.offset;
            check(apart || !alive_together(first, second), [&] {
                return "buffers " + first.name + " and " + second.name + " do not overlap while both are alive";
            });
        }
    }
}

}  // namespace ssdgen
