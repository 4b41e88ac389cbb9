#include "plan/stream_code.h"

#include "graph/shapes.h"
#include "plan/kernels.h"
#include "plan/scratch.h"
#include "plan/windows.h"
#include "support/error.h"

#include <algorithm>
#include <iterator>

namespace ssdgen {

namespace {

/// A window's rows.
struct WindowRows {
    int taps = 0;
    int stride = 0;
    int dilation = 0;
    int pad = 0;    // above
    int reach = 0;  // from the row of y to the one behind its last tap
};

WindowRows window_rows(const KernelSpec& kernel) {
    const Window& window = kernel_window(kernel);
    return {window.rows.kernel, window.rows.stride, window.rows.dilation, window.rows.before,
            extent(window.rows) - window.rows.before};
}

std::int64_t row_size(const Shape& map) { return std::int64_t(map.width) * map.channels; }

class CodeOfStream {
  public:
    explicit CodeOfStream(const Step& step) : step_(step), reads_picture_(step.input.place == Operand::Place::picture) {
        if (reads_picture_) code.picture = picture(std::get<ConvolutionKernel>(step.stages[0].kernel));
        code.input.row_size = row_size(kernel_input(step.stages[0].kernel));
        int layer = 0;
        for (std::size_t index = 0; index < step.stages.size(); ++index) {
            code.stages.push_back(stage(index));
            code.stages.back().layer = layer;
            layer += int(step.stages[index].layers.size());
        }
    }

    StreamCode code;

  private:
    static PictureCode picture(const ConvolutionKernel& kernel) {
        const WindowRows window = window_rows(kernel);
        PictureCode picture;
        picture.start = {window.stride, -window.pad};
        picture.ring.row_size = picture_row_size(kernel);
        picture.ring.rows = picture_ring_rows(kernel);
        picture.ring.added = window.pad;
        picture.height = kernel.input.height;
        picture.left = std::int64_t(kernel.window.columns.before) * kernel.input.channels;
        picture.row_values = row_size(kernel.input);
        return picture;
    }

    StageCode stage(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        StageCode result;
        result.start = start(index);
        result.count.most = kernel_stream_rows(stage.kernel);
        if (!is_last(index)) result.count.end = height(index);
        result.side_by_side = takes_rows_side_by_side(stage.kernel);
        result.requests = requests(index);
        result.reads = reads(index);
        result.output = output(index);
        result.weights = stage.weights - step_.stages[0].weights;
        return result;
    }

    std::optional<RowStart> start(std::size_t index) const {
        if (is_last(index)) return {};
        const WindowRows window = window_rows(step_.stages[index + 1].kernel);
        RowStart start{int(index) + 1, {window.stride, -window.pad}};
        if (window.pad) start.row.at_least = 0;
        return start;
    }

    std::vector<RowRequest> requests(std::size_t index) const {
        if (index == 0 && !reads_picture_) return {};
        const WindowRows window = window_rows(step_.stages[index].kernel);
        if (index == 0) return {{RowRequest::Maker::picture, 0, {window.stride, window.reach}}};
        RowRequest request{RowRequest::Maker::stage, int(index) - 1, {window.stride, window.reach}};
        if (takes_rows_side_by_side(step_.stages[index].kernel))
            request.end = {1, 0, true};
        else if ((height(index) - 1) * window.stride + window.reach > height(index - 1))
            request.end.at_most = height(index - 1);
        return {request};
    }

    std::vector<RowRead> reads(std::size_t index) const {
        if (takes_rows_side_by_side(step_.stages[index].kernel)) return {read(index, {})};
        const WindowRows window = window_rows(step_.stages[index].kernel);
        std::vector<RowRead> reads;
        for (int tap = 0; tap < window.taps; ++tap)
            reads.push_back(read(index, {window.stride, tap * window.dilation - window.pad}));
        return reads;
    }

    /// The pointer to a row outside a map has to be one, though nobody reads there. A ring takes any row, with loops.
    RowRead read(std::size_t index, RowFormula row) const {
        if (index == 0 && reads_picture_) return {RowRead::Source::picture, 0, row};
        const int last = kernel_input(step_.stages[index].kernel).height - 1;
        if (index == 0 || step_.unrolled) {
            if ((height(index) - 1) * row.scale + row.offset > last) row.at_most = last;
            if (row.offset < 0) row.at_least = 0;
        }
        if (index == 0) return {RowRead::Source::input, 0, row};
        return {RowRead::Source::stage, int(index) - 1, row};
    }

    std::variant<MapRows, RingRows> output(std::size_t index) const {
        const Stage& stage = step_.stages[index];
        const std::int64_t size = row_size(kernel_output(stage.kernel));
        if (is_last(index)) return MapRows{size};
        RingRows ring{stage.ring, size, stage.ring_rows};
        if (stage.ring_rows == 1) return ring;
        ring.added = stage.ring_rows;
        ring.counted_from = int(index);
        return ring;
    }

    bool is_last(std::size_t index) const { return index + 1 == step_.stages.size(); }
    int height(std::size_t index) const { return kernel_output(step_.stages[index].kernel).height; }

    const Step& step_;
    bool reads_picture_;
};

/// Does what the code says.
class StreamRun {
  public:
    StreamRun(const StreamCode& code, int first, int end) : code_(code), first_(code.stages.size(), first) {
        for (std::size_t index = code.stages.size(); index-- > 0;)
            if (const auto& start = code.stages[index].start)
                first_[index] = row_at(start->row, first_[std::size_t(start->reader)]);
        next_ = first_;
        if (code.picture) next_picture_row_ = row_at(code.picture->start, first_[std::size_t(code.picture->reader)]);
        make(code.stages.size() - 1, end);
    }

    std::vector<StreamOperation> operations;

  private:
    void make(std::size_t index, int end) {
        const StageCode& stage = code_.stages[index];
        while (next_[index] < end) {
            const int y = next_[index];
            const int rows = std::min(stage.count.most, stage.count.end.value_or(end) - y);
            for (const RowRequest& request : stage.requests) ask(request, row_at(request.end, y, rows));
            StreamOperation operation{int(index), y, rows};
            for (const RowRead& read : stage.reads) operation.reads.push_back(address(read, row_at(read.row, y)));
            operation.output = output(stage, y);
            operations.push_back(std::move(operation));
            next_[index] += rows;
        }
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
            case RowRead::Source::input: return {RowAddress::Memory::input, row * code_.input.row_size};
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

bool takes_rows_side_by_side(const KernelSpec& kernel) {
    const auto* convolution = std::get_if<ConvolutionKernel>(&kernel);
    return convolution && convolution->row_pixels;
}

std::vector<int> unrolled_forms(const KernelSpec& kernel) {
    std::vector<int> forms;
    if (takes_rows_side_by_side(kernel)) {
        for (int rows = 1; rows <= kernel_stream_rows(kernel); ++rows) forms.push_back(rows);
        return forms;
    }
    const auto* convolution = std::get_if<ConvolutionKernel>(&kernel);
    if (convolution && !convolution->input_mean.empty()) return {0};  // the picture's rows come with their padding
    const Window& window = kernel_window(kernel);
    for (const TapRange& range : tap_ranges(kernel_input(kernel).height, window.rows)) forms.push_back(range.first);
    return forms;
}

int unrolled_form(const KernelSpec& kernel, const StreamOperation& operation) {
    if (takes_rows_side_by_side(kernel)) return operation.rows;
    const std::vector<int> forms = unrolled_forms(kernel);
    return *std::prev(std::upper_bound(forms.begin(), forms.end(), operation.first));
}

StreamCode stream_code(const Step& step) { return CodeOfStream(step).code; }

std::vector<StreamOperation> run_stream(const StreamCode& code, int first, int end) {
    return StreamRun(code, first, end).operations;
}

}  // namespace ssdgen
