#include "plan/stream_check.h"

#include "graph/shapes.h"
#include "plan/alignment.h"
#include "plan/kernels.h"
#include "plan/scratch.h"
#include "plan/stream_code.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace ssdgen {

namespace {

std::int64_t size_of(const Ring& ring) { return ring.rows * ring.row_size; }

// --- Rings, slices and feeds fit together.

/// Channels of a ring that a stage makes.
struct Slice {
    int first = 0, end = 0;
};

Slice slice_of(const Stage& stage) {
    const int first = stage.ring->first_channel;
    return {first, first + stage.kernel.output().channels};
}

std::vector<const Stage*> writers_of(const Step& step, int ring) {
    std::vector<const Stage*> writers;
    for (const Stage& stage : step.stages)
        if (stage.ring && stage.ring->ring == ring) writers.push_back(&stage);
    return writers;
}

void check_slices(const Step& step, int index) {
    const Ring& ring = step.rings[std::size_t(index)];
    const std::vector<const Stage*> writers = writers_of(step, index);
    check(!writers.empty(), "somebody makes the rows of a ring");
    for (const Stage* stage : writers) {
        const Slice slice = slice_of(*stage);
        const Shape map = stage->kernel.output();
        const std::int64_t channel_size = map.width * bytes_of(stage->kernel.signature.output);  // in all columns
        check(slice.first >= 0 && ring.row_size % channel_size == 0 && slice.end <= ring.row_size / channel_size,
              [&] { return "the channels of " + stage->name + " are inside its ring's"; });
        for (const Stage* other : writers) {
            const Slice more = slice_of(*other);
            check(other == stage || slice.end <= more.first || more.end <= slice.first,
                  [&] { return "the channels of " + stage->name + " are its own"; });
        }
    }
}

/// Rings of one row and one stage may share a place; whether they may is seen when they are used.
bool may_share(const Step& step, int ring, int other) {
    const auto is_single = [&](int index) {
        const std::vector<const Stage*> writers = writers_of(step, index);
        return step.rings[std::size_t(index)].rows == 1 && writers.size() == 1 && writers[0]->ring->first_channel == 0;
    };
    return step.rings[std::size_t(ring)].offset == step.rings[std::size_t(other)].offset && is_single(ring) &&
           is_single(other);
}

void check_rings(const Step& step, const StreamCode& code) {
    std::int64_t begin = 0;
    if (code.picture) {
        const Kernel& reader = step.stages[std::size_t(code.picture->reader)].kernel;
        begin = picture_scratch_size(reader);
    }
    for (int index = 0; index < int(step.rings.size()); ++index) {
        const Ring& ring = step.rings[std::size_t(index)];
        check(ring.rows > 0 && ring.offset % alignment == 0 && ring.offset >= begin &&
                  ring.offset + size_of(ring) <= step.scratch_size,
              [&] { return fmt::format("ring {} of {} lies in the scratch memory", index, step.name); });
        check_slices(step, index);
        for (int other = 0; other < index; ++other) {
            const Ring& before = step.rings[std::size_t(other)];
            check(before.offset + size_of(before) <= ring.offset || ring.offset + size_of(ring) <= before.offset ||
                      may_share(step, index, other),
                  [&] { return fmt::format("rings {} and {} of {} lie apart", other, index, step.name); });
        }
    }
}

/// The makers of a feed make the channels that it brings, and no others have a share in them.
void check_makers(const Step& step, std::size_t reader, const Feed& feed, const RowsFeed& rows) {
    const Stage& stage = step.stages[reader];
    const Shape map = map_of(stage, feed);
    int known = rows.slice.first_channel;
    const int end = known + map.channels;
    std::vector<Slice> slices;
    for (int maker : rows.makers) {
        check(maker >= 0 && std::size_t(maker) < reader,
              [&] { return "what " + stage.name + " reads is made before"; });
        const Stage& before = step.stages[std::size_t(maker)];
        const Shape made = before.kernel.output();
        check(
            before.ring && before.ring->ring == rows.slice.ring && made.height == map.height && made.width == map.width,
            [&] { return fmt::format("{} makes what {} reads", before.name, stage.name); });
        slices.push_back(slice_of(before));
    }
    std::sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) { return a.first < b.first; });
    for (const Slice& slice : slices)
        if (slice.first <= known) known = std::max(known, slice.end);
    check(known >= end, [&] { return "somebody makes all channels that " + stage.name + " reads"; });
}

void check_feeds(const Step& step) {
    std::vector<int> readers(step.stages.size());
    for (std::size_t index = 0; index < step.stages.size(); ++index) {
        const Stage& stage = step.stages[index];
        check(!stage.feeds.empty(), [&] { return stage.name + " reads something"; });
        check(stage.ring.has_value() == (index + 1 < step.stages.size()),
              [&] { return "the rows of " + stage.name + " are kept if they are no output"; });
        for (const Feed& feed : stage.feeds) {
            const auto* rows = std::get_if<RowsFeed>(&feed.from);
            if (!rows) continue;
            check_makers(step, index, feed, *rows);
            for (int maker : rows->makers) ++readers[std::size_t(maker)];
        }
    }
    for (std::size_t index = 0; index + 1 < step.stages.size(); ++index)
        check(readers[index] > 0, [&] { return "somebody reads " + step.stages[index].name; });
}

// --- What is read is there.

/// What lies where in the scratch memory while a stream runs.
class MemoryModel {
  public:
    MemoryModel(const Step& step, const StreamCode& code) : step_(step), code_(code) {}

    void run(const StreamOperation& operation) {
        check_rows(operation);
        const std::vector<RowNeeded> needed = rows_needed(step_, operation);
        for (const RowNeeded& one : needed) check_read(operation, one);
        write(operation);
        for (const RowNeeded& one : needed) check_read(operation, one);  // nothing of it was overwritten
    }

  private:
    struct Held {
        int stage = 0;  // -1: the picture
        int row = 0;
    };

    void check_rows(const StreamOperation& operation) const {
        if (operation.stage < 0) return;
        const Stage& stage = step_.stages[std::size_t(operation.stage)];
        check(operation.rows <= stage.kernel.stream_rows && operation.first >= 0 &&
                  operation.first + operation.rows <= stage.kernel.output().height,
              [&] { return stage.name + " makes rows of its map, no more at a time than its kernel can"; });
    }

    void write(const StreamOperation& operation) {
        if (operation.stage < 0) {
            held_[operation.output.offset] = {-1, operation.first};
            return;
        }
        const Stage& stage = step_.stages[std::size_t(operation.stage)];
        if (!stage.ring) return check_output(operation);
        const Ring& ring = step_.rings[std::size_t(stage.ring->ring)];
        for (int row = 0; row < operation.rows; ++row) {
            const std::int64_t place = operation.output.offset + row * ring.row_size;
            check(is_inside(ring, place), [&] { return "the rows of " + stage.name + " lie in their ring"; });
            held_[place] = {operation.stage, operation.first + row};
        }
    }

    void check_output(const StreamOperation& operation) const {
        const Kernel& kernel = step_.last().kernel;
        const std::int64_t row_size =
            std::int64_t(kernel.output().width) * step_.outputs.at(0).pixel_stride * bytes_of(kernel.signature.output);
        check(operation.output.memory == RowAddress::Memory::output &&
                  operation.output.offset == operation.first * row_size,
              "the output's rows lie one behind the other");
    }

    void check_read(const StreamOperation& operation, const RowNeeded& needed) const {
        const Stage& stage = step_.stages[std::size_t(operation.stage)];
        const Feed& feed = stage.feeds[needed.feed];
        const RowAddress& address = operation.reads.at(needed.read);
        if (const auto* rows = std::get_if<RowsFeed>(&feed.from)) return check_ring(stage, *rows, address, needed);
        const int input = std::get<WholeFeed>(feed.from).input;
        if (step_.inputs[std::size_t(input)].place == Operand::Place::picture)
            return check_picture(stage, address, needed);
        const std::int64_t row_size = std::int64_t(map_of(stage, feed).width) *
                                      step_.inputs[std::size_t(input)].pixel_stride *
                                      bytes_of(stage.kernel.signature.input);
        const std::int64_t offset = address.offset + needed.behind * row_size;
        check(address.memory == RowAddress::Memory::input && address.input == input && offset >= 0 &&
                  offset < needed.height * row_size && (is_padding(needed) || offset == needed.row * row_size),
              [&] { return fmt::format("{} reads row {} of its input", stage.name, needed.row); });
    }

    void check_ring(const Stage& stage, const RowsFeed& rows, const RowAddress& address,
                    const RowNeeded& needed) const {
        const Ring& ring = step_.rings[std::size_t(rows.slice.ring)];
        const std::int64_t place = address.offset + needed.behind * ring.row_size;
        check(address.memory == RowAddress::Memory::scratch && is_inside(ring, place),
              [&] { return "a pointer that " + stage.name + " is given is one"; });
        if (is_padding(needed)) return;
        for (int maker : rows.makers) {
            const Stage& made = step_.stages[std::size_t(maker)];
            const std::int64_t before = std::int64_t(made.ring->first_channel - rows.slice.first_channel) *
                                        bytes_of(made.kernel.signature.output);
            check_held(stage, place + before, maker, needed.row);
        }
    }

    /// Padding is read, too: it has been taken as the picture's other rows are.
    void check_picture(const Stage& stage, const RowAddress& address, const RowNeeded& needed) const {
        check_held(stage, address.offset + code_.picture->left, -1, needed.row);
    }

    void check_held(const Stage& reader, std::int64_t place, int maker, int row) const {
        const auto held = held_.find(place);
        check(held != held_.end() && held->second.stage == maker && held->second.row == row, [&] {
            return fmt::format("row {} of {} is there when {} reads it", row,
                               maker < 0 ? "the picture" : step_.stages[std::size_t(maker)].name, reader.name);
        });
    }

    static bool is_padding(const RowNeeded& needed) { return needed.row < 0 || needed.row >= needed.height; }
    static bool is_inside(const Ring& ring, std::int64_t place) {
        return place >= ring.offset && place < ring.offset + size_of(ring);
    }

    const Step& step_;
    const StreamCode& code_;
    std::map<std::int64_t, Held> held_;  // by the place of a row's first channel
};

void check_run(const Step& step, const StreamCode& code, int first, int end) {
    MemoryModel model(step, code);
    int made = first;
    for (const StreamOperation& operation : run_stream(code, first, end)) {
        model.run(operation);
        if (operation.stage + 1 < int(step.stages.size())) continue;
        check(operation.first == made, "a stream makes its rows in order");
        made += operation.rows;
    }
    check(made == end, "a stream makes all of its rows");
}

}  // namespace

void check_stream(const Step& step) {
    check_feeds(step);
    check_stream(step, stream_code(step));
}

void check_stream(const Step& step, const StreamCode& code) {
    check_feeds(step);
    check_rings(step, code);
    const int height = step.last().kernel.output().height;
    for (int first = 0; first < (step.unrolled ? 1 : height); ++first) check_run(step, code, first, height);
}

}  // namespace ssdgen
