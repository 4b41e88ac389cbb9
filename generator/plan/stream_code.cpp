#include "plan/stream_code.h"

#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/scratch.h"
#include "plan/windows.h"
#include "support/error.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace ssdgen {

namespace {

/// The rows that a feed covers for each row of its reader.
WindowAxis window_rows(const Kernel& kernel, Feed::Covers covers) {
    return covers == Feed::Covers::row ? WindowAxis{} : kernel_window(kernel).rows;
}

/// From the row of y to the one behind its last tap.
int reach(const WindowAxis& window) { return extent(window) - window.before; }

/// Calls use(feed, rows, reader) for each feed that brings rows of a stream.
template <class Use>
void for_each_ring_feed(const Step& step, const Use& use) {
    for (std::size_t reader = 0; reader < step.stages.size(); ++reader)
        for (const Feed& feed : step.stages[reader].feeds)
            if (const auto* rows = std::get_if<RowsFeed>(&feed.from)) use(feed, *rows, reader);
}

class CodeOfStream {
  public:
    explicit CodeOfStream(const Step& step) : step_(step), private_(rings_are_private(step)) {
        code.inputs.resize(step.inputs.size());
        int layer = 0;
        for (std::size_t index = 0; index < step.stages.size(); ++index) {
            code.stages.push_back(stage(index));
            code.stages.back().layer = layer;
            layer += int(step.stages[index].layers.size());
        }
    }

    StreamCode code;

  private:
    StageCode stage(std::size_t index) {
        const Stage& stage = step_.stages[index];
        StageCode result;
        result.starts = starts(index);
        result.count.most = stage.kernel.stream_rows;
        if (!is_last(index)) result.count.end = height(index);
        result.count.up_to_multiple = !private_;
        result.side_by_side = takes_rows_side_by_side(stage.kernel);
        for (const Feed& feed : stage.feeds) add_feed(index, feed, result);
        result.output = output(index);
        result.weights = stage.weights - step_.stages[0].weights;
        return result;
    }

    std::vector<RowStart> starts(std::size_t index) const {
        std::vector<RowStart> starts;
        for_each_ring_feed(step_, [&](const Feed& feed, const RowsFeed& rows, std::size_t reader) {
            if (std::find(rows.makers.begin(), rows.makers.end(), int(index)) == rows.makers.end()) return;
            const WindowAxis window = window_rows(step_.stages[reader].kernel, feed.covers);
            RowStart start{int(reader), {window.stride, -window.before}};
            if (window.before) start.row.at_least = 0;
            // Of two feeds of a reader one may begin at or above the other's first row whatever this is.
            const auto is_earlier = [](const RowStart& one, const RowStart& other) {
                return one.reader == other.reader && one.row.scale == other.row.scale &&
                       one.row.offset <= other.row.offset;
            };
            for (RowStart& known : starts) {
                if (is_earlier(known, start)) return;
                if (is_earlier(start, known)) return void(known = start);
            }
            starts.push_back(start);
        });
        return starts;
    }

    void add_feed(std::size_t index, const Feed& feed, StageCode& stage) {
        if (const auto* rows = std::get_if<RowsFeed>(&feed.from)) return add_rows(index, feed, *rows, stage);
        const int input = std::get<WholeFeed>(feed.from).input;
        const Operand& operand = step_.inputs.at(std::size_t(input));
        if (operand.place == Operand::Place::picture) return add_picture(index, input, stage);
        const Shape map = map_of(step_.stages[index], feed);
        code.inputs[std::size_t(input)].row_size =
            std::int64_t(map.width) * operand.pixel_stride * bytes_of(step_.stages[index].kernel.signature.input);
        for (const RowFormula& row : reads(index, feed))
            stage.reads.push_back({RowRead::Source::input, input, inside(index, feed, row)});
    }

    void add_picture(std::size_t index, int input, StageCode& stage) {
        check(!code.picture, "one stage reads the picture");
        const Kernel& kernel = step_.stages[index].kernel;
        const WindowAxis window = window_rows(kernel, Feed::Covers::window);
        PictureCode picture;
        picture.input = input;
        picture.reader = int(index);
        picture.start = {window.stride, -window.before};
        picture.ring.row_size = picture_row_size(kernel);
        picture.ring.rows = picture_ring_rows(kernel);
        picture.ring.added = window.before;
        picture.height = kernel.input().height;
        picture.left = std::int64_t(kernel_window(kernel).columns.before) * kernel.input().channels *
                       bytes_of(kernel.signature.input);
        picture.row_values = std::int64_t(kernel.input().width) * kernel.input().channels;
        code.picture = picture;
        stage.requests.push_back({RowRequest::Maker::picture, 0, {window.stride, reach(window)}});
        for (const RowFormula& row : reads(index, {})) stage.reads.push_back({RowRead::Source::picture, 0, row});
    }

    void add_rows(std::size_t index, const Feed& feed, const RowsFeed& rows, StageCode& stage) const {
        for (int maker : rows.makers)
            stage.requests.push_back({RowRequest::Maker::stage, maker, requested(index, feed)});
        const int maker = maker_of(rows, rows.slice.first_channel);
        const std::int64_t behind = std::int64_t(rows.slice.first_channel - first_channel(maker)) *
                                    bytes_of(step_.stages[index].kernel.signature.input);
        // A ring takes any row; without loops it need not.
        for (const RowFormula& row : reads(index, feed))
            stage.reads.push_back(
                {RowRead::Source::stage, maker, step_.unrolled ? inside(index, feed, row) : row, behind});
    }

    int first_channel(int stage) const {
        const auto& slice = step_.stages.at(std::size_t(stage)).ring;
        check(slice.has_value(), "what a stage reads is kept");
        return slice->first_channel;
    }

    /// Who makes a channel: of those that begin at or before it the last.
    int maker_of(const RowsFeed& rows, int channel) const {
        int found = rows.makers.at(0);
        for (int maker : rows.makers)
            if (first_channel(maker) <= channel &&
                (first_channel(found) > channel || first_channel(maker) > first_channel(found)))
                found = maker;
        return found;
    }

    /// The end of the rows that a feed has to bring.
    RowFormula requested(std::size_t index, const Feed& feed) const {
        if (takes_rows_side_by_side(step_.stages[index].kernel)) return {1, 0, true};
        const WindowAxis window = window_rows(step_.stages[index].kernel, feed.covers);
        RowFormula end{window.stride, reach(window)};
        const int map_height = map_of(step_.stages[index], feed).height;
        if ((height(index) - 1) * window.stride + reach(window) > map_height) end.at_most = map_height;
        return end;
    }

    /// The rows that a kernel takes pointers to.
    std::vector<RowFormula> reads(std::size_t index, const Feed& feed) const {
        if (takes_rows_side_by_side(step_.stages[index].kernel)) return {RowFormula{}};
        const WindowAxis window = window_rows(step_.stages[index].kernel, feed.covers);
        std::vector<RowFormula> rows;
        for (int tap = 0; tap < window.kernel; ++tap)
            rows.push_back({window.stride, tap * window.dilation - window.before});
        return rows;
    }

    /// Outside the map nobody reads, but the pointer has to be one.
    RowFormula inside(std::size_t index, const Feed& feed, RowFormula row) const {
        const int last = map_of(step_.stages[index], feed).height - 1;
        if ((height(index) - 1) * row.scale + row.offset > last) row.at_most = last;
        if (row.offset < 0) row.at_least = 0;
        return row;
    }

    std::variant<MapRows, RingRows> output(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        const std::int64_t number = bytes_of(stage.kernel.signature.output);
        if (is_last(index))
            return MapRows{std::int64_t(stage.kernel.output().width) * step_.outputs.at(0).pixel_stride * number};
        check(stage.ring.has_value(), "what a stage makes is kept");
        const Ring& ring = step_.rings.at(std::size_t(stage.ring->ring));
        RingRows rows{ring.offset + stage.ring->first_channel * number, ring.row_size, std::max(ring.rows, 1)};
        if (rows.rows == 1) return rows;
        rows.added = (highest_pad(stage.ring->ring) + rows.rows - 1) / rows.rows * rows.rows;
        if (!private_) return rows;
        rows.added = std::max(rows.added, rows.rows);
        rows.counted_from = int(index);
        return rows;
    }

    /// Rows above the first one of a ring that its readers may have a pointer to.
    int highest_pad(int ring) const {
        int pad = 0;
        for_each_ring_feed(step_, [&](const Feed& feed, const RowsFeed& rows, std::size_t reader) {
            if (rows.slice.ring == ring)
                pad = std::max(pad, window_rows(step_.stages[reader].kernel, feed.covers).before);
        });
        return pad;
    }

    bool is_last(std::size_t index) const { return index + 1 == step_.stages.size(); }
    int height(std::size_t index) const { return step_.stages[index].kernel.output().height; }

    const Step& step_;
    bool private_;
};

/// Does what the code says.
class StreamRun {
  public:
    StreamRun(const StreamCode& code, int first, int end) : code_(code), first_(code.stages.size(), first) {
        for (std::size_t index = code.stages.size(); index-- > 0;)
            if (!code.stages[index].starts.empty()) first_[index] = first_row(code.stages[index].starts);
        next_ = first_;
        if (code.picture) next_picture_row_ = row_at(code.picture->start, first_[std::size_t(code.picture->reader)]);
        make(code.stages.size() - 1, end);
    }

    std::vector<StreamOperation> operations;

  private:
    int first_row(const std::vector<RowStart>& starts) const {
        int least = std::numeric_limits<int>::max();
        for (const RowStart& start : starts)
            least = std::min(least, row_at(start.row, first_[std::size_t(start.reader)]));
        return least;
    }

    void make(std::size_t index, int end) {
        const StageCode& stage = code_.stages[index];
        while (next_[index] < end) {
            const int y = next_[index];
            const int rows = row_count(stage.count, y, end);
            check(rows > 0, "a stage is asked for rows that it can make");
            for (const RowRequest& request : stage.requests) ask(request, row_at(request.end, y, rows));
            StreamOperation operation{int(index), y, rows};
            for (const RowRead& read : stage.reads) {
                operation.reads.push_back(address(read, row_at(read.row, y)));
                operation.reads.back().offset += read.bytes_behind;
            }
            operation.output = output(stage, y);
            operations.push_back(std::move(operation));
            next_[index] += rows;
        }
    }

    static int row_count(const RowCount& count, int y, int end) {
        if (count.most == 1) return 1;
        const int most = count.most - (count.up_to_multiple ? y % count.most : 0);
        return std::min(most, count.end.value_or(end) - y);
    }

    void ask(const RowRequest& request, int end) {
        switch (request.maker) {
            case RowRequest::Maker::picture: return take_picture(end);
            case RowRequest::Maker::stage: return make(std::size_t(request.stage), end);
        }
    }

    void take_picture(int end) {
        for (; next_picture_row_ < end; ++next_picture_row_)
            operations.push_back(
                {-1,
                 next_picture_row_,
                 1,
                 {},
                 {RowAddress::Memory::scratch, place(code_.picture->ring, next_picture_row_) + code_.picture->left}});
    }

    RowAddress address(const RowRead& read, int row) const {
        switch (read.source) {
            case RowRead::Source::picture: return {RowAddress::Memory::scratch, place(code_.picture->ring, row)};
            case RowRead::Source::input:
                return {RowAddress::Memory::input, row * code_.inputs[std::size_t(read.index)].row_size, read.index};
            case RowRead::Source::stage: return output(code_.stages[std::size_t(read.index)], row);
        }
        throw InternalError("internal error: broken invariant: every row has its source");
    }

    RowAddress output(const StageCode& stage, int row) const {
        if (const auto* map = std::get_if<MapRows>(&stage.output))
            return {RowAddress::Memory::output, row * map->row_size};
        return {RowAddress::Memory::scratch, place(std::get<RingRows>(stage.output), row)};
    }

    std::int64_t place(const RingRows& ring, int row) const {
        if (ring.rows == 1) return ring.offset;
        const int counted = row - (ring.counted_from ? first_[std::size_t(*ring.counted_from)] : 0) + ring.added;
        return ring.offset + counted % ring.rows * ring.row_size;
    }

    const StreamCode& code_;
    std::vector<int> first_, next_;
    int next_picture_row_ = 0;
};

}  // namespace

int row_at(const RowFormula& formula, int y, int rows) {
    int row = y * formula.scale + formula.offset + (formula.plus_rows ? rows : 0);
    if (formula.at_most) row = std::min(row, *formula.at_most);
    if (formula.at_least) row = std::max(row, *formula.at_least);
    return row;
}

std::int64_t ring_size(const RingRows& ring) { return ring.rows * ring.row_size; }

Shape map_of(const Stage& stage, const Feed& feed) {
    return feed.covers == Feed::Covers::row ? stage.kernel.output() : stage.kernel.input();
}

bool takes_rows_side_by_side(const Kernel& kernel) { return std::holds_alternative<PointwiseKernel>(kernel.kind); }

bool takes_first_of_rows(const Kernel& kernel) { return takes_rows_side_by_side(kernel) && fetches_next(kernel); }

std::vector<int> unrolled_forms(const Kernel& kernel) {
    std::vector<int> forms;
    if (takes_rows_side_by_side(kernel)) {
        for (int rows = 1; rows <= kernel.stream_rows; ++rows) forms.push_back(rows);
        return forms;
    }
    if (std::holds_alternative<PictureKernel>(kernel.kind)) return {0};  // the picture's rows come with their padding
    for (const TapRange& range : tap_ranges(kernel.input().height, kernel_window(kernel).rows))
        forms.push_back(range.first);
    return forms;
}

int unrolled_form(const Kernel& kernel, const StreamOperation& operation) {
    if (takes_rows_side_by_side(kernel)) return operation.rows;
    const std::vector<int> forms = unrolled_forms(kernel);
    return *std::prev(std::upper_bound(forms.begin(), forms.end(), operation.first));
}

bool rings_are_private(const Step& step) {
    std::vector<int> writers(step.rings.size()), readers(step.rings.size());
    for (const Stage& stage : step.stages)
        if (stage.ring) ++writers.at(std::size_t(stage.ring->ring));
    for_each_ring_feed(
        step, [&](const Feed&, const RowsFeed& rows, std::size_t) { ++readers.at(std::size_t(rows.slice.ring)); });
    const auto is_one = [](int count) { return count == 1; };
    return std::all_of(writers.begin(), writers.end(), is_one) && std::all_of(readers.begin(), readers.end(), is_one);
}

StreamCode stream_code(const Step& step) { return CodeOfStream(step).code; }

std::vector<StreamOperation> run_stream(const StreamCode& code, int first, int end) {
    return StreamRun(code, first, end).operations;
}

std::vector<RowNeeded> rows_needed(const Step& step, const StreamOperation& operation) {
    std::vector<RowNeeded> needed;
    if (operation.stage < 0) return needed;
    const Stage& stage = step.stages[std::size_t(operation.stage)];
    std::size_t read = 0;
    for (std::size_t index = 0; index < stage.feeds.size(); ++index) {
        const Feed& feed = stage.feeds[index];
        const WindowAxis window = window_rows(stage.kernel, feed.covers);
        const int height = map_of(stage, feed).height;
        for (int row = 0; row < operation.rows; ++row)
            for (int tap = 0; tap < window.kernel; ++tap)
                needed.push_back(
                    {index, read + std::size_t(tap), row, pixel_of(window, operation.first + row, tap), height});
        read += std::size_t(window.kernel);
    }
    return needed;
}

}  // namespace ssdgen
