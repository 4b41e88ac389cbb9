#include "kernel/lower.h"
#include "kernel/pieces.h"
#include "plan/windows.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

/// A loop over input channels is unrolled so often, and wholly if there are no more than `whole`.
constexpr int unroll = 4;
constexpr int whole = 16;

/// Rows of output that one row function serves.
struct RowGroup {
    TapRange rows;
    int width = 0;  // pixels
    std::vector<PixelTaps> taps;
    std::string name;
};

/// Blocks side by side that differ only in where their weights and outputs lie.
struct BlockGroup {
    ChannelBlock block;
    int first = 0;  // index of the first
    int count = 1;
    int last_lanes = 0;  // channels in the last vector
};

class ConvolutionLowering {
  public:
    ConvolutionLowering(const ConvolutionKernel& kernel, const std::string& name, const Target& target)
        : kernel_(kernel), target_(target), window_(kernel.window), picture_(!kernel.input_mean.empty()) {
        tree_.name = name;
        group_blocks();
        group_rows();
        name_numbers();
    }

    KernelTree lower() {
        for (const RowGroup& rows : rows_)
            for (const BlockGroup& blocks : blocks_) add_row_function(rows, blocks);
        if (kernel_.stream_rows)
            add_stream_entry();
        else
            add_entry();
        return std::move(tree_);
    }

  private:
    void group_blocks() {
        for (std::size_t index = 0; index < kernel_.blocks.size(); ++index) {
            const ChannelBlock& block = kernel_.blocks[index];
            const int lanes = block.channels - (block.vectors - 1) * target_.lanes;
            if (!blocks_.empty()) {
                BlockGroup& last = blocks_.back();
                if (last.block.output == block.output && last.block.channels == block.channels &&
                    last.block.pixels == block.pixels && last.block.vectors == block.vectors) {
                    ++last.count;
                    continue;
                }
            }
            blocks_.push_back({block, int(index), 1, lanes});
        }
    }

    void group_rows() {
        if (kernel_.row_pixels && kernel_.stream_rows) {
            for (int rows = 1; rows <= kernel_.stream_rows; ++rows) {
                rows_.push_back({{0, 1, 0, 1}, rows * kernel_.row_pixels, {}, ""});
                for (int pixel = 0; pixel < rows_.back().width; ++pixel) rows_.back().taps.push_back({pixel, 0, 1});
            }
            return;
        }
        if (kernel_.row_pixels) {
            const int pixels = kernel_.output_height * kernel_.output_width;
            const int whole_rows = pixels / kernel_.row_pixels;
            const int rest = pixels % kernel_.row_pixels;
            if (whole_rows) rows_.push_back({{0, whole_rows, 0, 1}, kernel_.row_pixels, {}, ""});
            if (rest) rows_.push_back({{whole_rows, 1, 0, 1}, rest, {}, whole_rows ? "rest" : ""});
            for (RowGroup& rows : rows_)
                for (int pixel = 0; pixel < rows.width; ++pixel) rows.taps.push_back({pixel, 0, 1});
            return;
        }
        // The picture's rows are staged with their padding, so every window lies inside them.
        const int height = picture_ ? padded(kernel_.output_height, window_.kernel_height) : kernel_.input.height;
        const int width = picture_ ? padded(kernel_.output_width, window_.kernel_width) : kernel_.input.width;
        Window window = window_;
        if (picture_) window.pads = {0, 0, 0, 0};
        const std::vector<PixelTaps> taps = row_taps(width, kernel_.output_width, window);
        const auto ranges = tap_ranges(height, kernel_.output_height, window.kernel_height, window.stride,
                                       window.dilation, window.pads[0]);
        for (std::size_t index = 0; index < ranges.size(); ++index)
            rows_.push_back({ranges[index], kernel_.output_width, taps,
                             range_name(index, ranges.size(), "top", "middle", "bottom")});
    }

    int padded(int output, int taps) const { return (output - 1) * window_.stride + (taps - 1) * window_.dilation + 1; }

    void name_numbers() {
        const auto add = [&](const std::string& name, std::int64_t value, const char* comment = "") {
            tree_.numbers.push_back({name, value, comment});
        };
        if (kernel_.row_pixels) {
            add("row_pixels", kernel_.row_pixels, "pixels that a unit of work takes");
        } else {
            add("output_height", kernel_.output_height);
            add("output_width", kernel_.output_width);
            add("input_width", kernel_.input.width);
            add("stride", window_.stride);
            add("pad_top", window_.pads[0]);
        }
        add("input_channels", kernel_.input.channels);
        for (std::size_t output = 0; output < kernel_.output_channels.size(); ++output)
            add(output_channels(int(output)), kernel_.output_channels[output]);
    }

    bool several_outputs() const { return kernel_.output_channels.size() > 1; }
    std::string output_channels(int output) const {
        return several_outputs() ? fmt::format("output_{}_channels", output) : "output_channels";
    }
    std::string output_name(int output) const {
        return several_outputs() ? fmt::format("output_{}", output) : "output";
    }

    std::string row_name(int tap) const { return kernel_.row_pixels ? "input" : fmt::format("row_{}", tap); }

    std::vector<Parameter> row_parameters(const RowGroup& rows) const {
        std::vector<Parameter> parameters;
        for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
            parameters.push_back({ParameterType::input, row_name(tap)});
        parameters.push_back({ParameterType::weights, "weights"});
        parameters.push_back({ParameterType::output, "output"});
        return parameters;
    }

    // --- One register tile.

    /// `count` terms of the sums of the pixels [first, end) of a tile: inputs in[(pixel's column) * input_channels + i].
    struct Terms {
        int row_tap = 0;
        int first_pixel = 0;
        int end_pixel = 0;
        std::vector<int> columns;   // one a pixel, relative to the tile's column
        std::int64_t weights = 0;   // index of the first term
        int taps = 1;               // columns that follow each other in memory: count = taps * input_channels
    };

    void append_step(Body& body, const BlockGroup& blocks, const Terms& terms, int index) const {
        const int vectors = blocks.block.vectors;
        const int width = vectors * target_.lanes;
        const int line = 16;  // floats of a cache line
        const int ahead = target_.prefetch_bytes / int(sizeof(float));
        for (int at = 0; ahead && at < width && terms.taps * kernel_.input.channels > whole; at += line)
            if (index * width % line == 0) body.push_back(Prefetch{{"w", Expression(std::int64_t(index) * width + at + ahead)}});
        for (int vector = 0; vector < vectors; ++vector)
            body.push_back(Load{fmt::format("w_k{}c{}", index, vector),
                                {"w", Expression(std::int64_t(index) * width + vector * target_.lanes)},
                                target_.lanes, terms.end_pixel - terms.first_pixel > 1});
        for (int pixel = terms.first_pixel; pixel < terms.end_pixel; ++pixel) {
            const std::string in = fmt::format("in_k{}p{}", index, pixel);
            const int column = terms.columns[std::size_t(pixel - terms.first_pixel)];
            body.push_back(Broadcast{in, {"in", Expression(column) * n("input_channels") + Expression(index)}});
            for (int vector = 0; vector < vectors; ++vector)
                body.push_back(MultiplyAdd{sum_name(pixel, vector), in, fmt::format("w_k{}c{}", index, vector)});
        }
    }

    void append_terms(Body& body, const BlockGroup& blocks, const Terms& terms) const {
        const int width = blocks.block.vectors * target_.lanes;
        const int count = terms.taps * kernel_.input.channels;
        Body inner;
        inner.push_back(Pointer{"in", {row_name(terms.row_tap), Expression(0)}});
        inner.push_back(Pointer{"w", {"weights", Expression((1 + terms.weights) * width)}});
        if (count <= whole) {
            for (int index = 0; index < count; ++index) {
                // Neighbouring pixels read the same columns.
                if (index > 0 && index % kernel_.input.channels == 0) inner.push_back(Renew{"in"});
                append_step(inner, blocks, terms, index);
            }
        } else {
            Loop loop{"k", 0, Expression(terms.taps) * n("input_channels") - Expression(count % unroll), unroll, {}};
            for (int index = 0; index < unroll; ++index) append_step(loop.body, blocks, terms, index);
            loop.body.push_back(Blank{});
            loop.body.push_back(Advance{"in", unroll});
            loop.body.push_back(Advance{"w", std::int64_t(unroll) * width});
            inner.push_back(std::move(loop));
            for (int index = 0; index < count % unroll; ++index) append_step(inner, blocks, terms, index);
        }
        body.push_back(Blank{});
        body.push_back(Comment{describe(terms)});
        body.push_back(Block{std::move(inner)});
    }

    std::string describe(const Terms& terms) const {
        if (kernel_.row_pixels) return "All input channels.";
        return terms.taps > 1 ? fmt::format("Window row {}, all its columns.", terms.row_tap)
                              : fmt::format("Window row {}, column {}.", terms.row_tap,
                                            terms.weights / kernel_.input.channels % window_.kernel_width);
    }

    /// The sums of a tile, row by row of the window, then column by column, then channel by channel.
    std::vector<Terms> tile_terms(const RowGroup& rows, const TileRun& tile) const {
        const auto tap_index = [&](int row, int column) {
            return std::int64_t(row * window_.kernel_width + column) * kernel_.input.channels;
        };
        const bool full = window_.dilation == 1 && std::all_of(tile.taps.begin(), tile.taps.end(), [&](const auto& taps) {
                              return taps.taps == window_.kernel_width;
                          });
        std::vector<Terms> all;
        for (int row = rows.rows.first_tap; row < rows.rows.first_tap + rows.rows.taps; ++row) {
            if (full) {
                Terms terms{row, 0, tile.pixels, {}, tap_index(row, 0), window_.kernel_width};
                for (const PixelTaps& taps : tile.taps) terms.columns.push_back(taps.column);
                all.push_back(std::move(terms));
                continue;
            }
            for (int column = 0; column < window_.kernel_width; ++column) {
                Terms terms{row, tile.pixels, 0, {}, tap_index(row, column), 1};
                for (int pixel = 0; pixel < tile.pixels; ++pixel) {
                    const PixelTaps& taps = tile.taps[std::size_t(pixel)];
                    if (column < taps.first_tap || column >= taps.first_tap + taps.taps) continue;
                    terms.first_pixel = std::min(terms.first_pixel, pixel);
                    terms.end_pixel = pixel + 1;
                    terms.columns.push_back(taps.column + (column - taps.first_tap) * window_.dilation);
                }
                if (!terms.columns.empty()) all.push_back(std::move(terms));
            }
        }
        return all;
    }

    std::string add_tile_function(const RowGroup& rows, const TileRun& tile, const BlockGroup& blocks) {
        const ChannelBlock& block = blocks.block;
        std::string name = fmt::format("tile_{}x{}", tile.pixels, block.channels);
        if (several_outputs()) name += fmt::format("_output_{}", block.output);
        if (!kernel_.row_pixels && !rows.name.empty()) name += "_" + rows.name;
        if (!kernel_.row_pixels && !tile.name.empty()) name += "_" + tile.name;
        if (std::any_of(tree_.functions.begin(), tree_.functions.end(),
                        [&](const Function& function) { return function.name == name; }))
            return name;
        Function function;
        function.name = name;
        function.comment = fmt::format("{} output pixels x {} channels.", tile.pixels, block.channels);
        function.parameters = row_parameters(rows);
        Body& body = function.body;
        for (int vector = 0; vector < block.vectors; ++vector) {
            body.push_back(Load{sum_name(0, vector), {"weights", vector * target_.lanes}, target_.lanes});
            for (int pixel = 1; pixel < tile.pixels; ++pixel)
                body.push_back(Copy{sum_name(pixel, vector), sum_name(0, vector)});
        }
        for (const Terms& terms : tile_terms(rows, tile)) append_terms(body, blocks, terms);
        append_activation_constants(body, kernel_.activation);
        append_stores(body, tile, blocks);
        tree_.functions.push_back(std::move(function));
        return name;
    }

    void append_stores(Body& body, const TileRun& tile, const BlockGroup& blocks) const {
        const ChannelBlock& block = blocks.block;
        for (int pixel = 0; pixel < tile.pixels; ++pixel) {
            body.push_back(Blank{});
            for (int vector = 0; vector < block.vectors; ++vector)
                append_activation(body, kernel_.activation, sum_name(pixel, vector));
            for (int vector = 0; vector < block.vectors; ++vector)
                body.push_back(Store{{"output", Expression(pixel) * Expression::name(output_channels(block.output)) +
                                                    Expression(vector * target_.lanes)},
                                     sum_name(pixel, vector),
                                     vector + 1 == block.vectors ? blocks.last_lanes : target_.lanes});
        }
    }

    // --- One row of tiles.

    std::string row_function_name(const RowGroup& rows, const BlockGroup& blocks) const {
        std::string name = fmt::format("row_of_{}x{}", rows.width, blocks.block.channels);
        if (several_outputs()) name += fmt::format("_output_{}", blocks.block.output);
        if (!rows.name.empty()) name += "_" + rows.name;
        if (kernel_.blocks.size() > 1 && blocks.first > 0) name += fmt::format("_from_{}", blocks.block.first_channel);
        return name;
    }

    void add_row_function(const RowGroup& rows, const BlockGroup& blocks) {
        Function function;
        function.name = row_function_name(rows, blocks);
        function.comment = fmt::format("{} output pixels side by side x {} channels.", rows.width, blocks.block.channels);
        function.parameters = row_parameters(rows);
        const int stride = window_.stride;
        const Expression out_step = Expression::name(output_channels(blocks.block.output));
        for (const TileRun& tile : cut_row(rows.taps, blocks.block.pixels)) {
            const std::string callee = add_tile_function(rows, tile, blocks);
            Loop loop{"tile", 0, tile.count, 1, {}};
            Call call{callee, {}};
            const Expression moved = n("tile") * Expression(std::int64_t(tile.pixels) * stride);
            for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
                call.arguments.push_back({row_name(tap), (moved + Expression(tile.column)) * n("input_channels")});
            call.arguments.push_back({"weights", 0});
            call.arguments.push_back(
                {"output", (n("tile") * Expression(tile.pixels) + Expression(tile.first)) * out_step});
            loop.body.push_back(std::move(call));
            function.body.push_back(std::move(loop));
        }
        tree_.functions.push_back(std::move(function));
    }

    // --- The map.

    /// Calls of the row function for row `y` of a group and the block that the expressions lead to.
    Call call_row(const RowGroup& rows, const BlockGroup& blocks, const Expression& block) const {
        Call call{row_function_name(rows, blocks), {}};
        for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
            call.arguments.push_back(kernel_.stream_rows ? Address{row_name(tap), 0} : Address{"input", row_offset(tap)});
        call.arguments.push_back(
            {"weights", block * Expression(block_size(blocks)) + Expression(blocks.block.weights)});
        call.arguments.push_back({output_name(blocks.block.output),
                                  (kernel_.stream_rows ? Expression(0) : output_row(blocks.block.output)) +
                                      block * Expression(blocks.block.channels) +
                                      Expression(blocks.block.first_channel)});
        return call;
    }

    Expression row_offset(int tap) const {
        if (kernel_.row_pixels) return n("y") * n("row_pixels") * n("input_channels");
        return (n("y") * n("stride") - n("pad_top") + Expression(tap * window_.dilation)) * n("input_width") *
               n("input_channels");
    }

    Expression output_row(int output) const {
        const Expression channels = Expression::name(output_channels(output));
        return n("y") * n(kernel_.row_pixels ? "row_pixels" : "output_width") * channels;
    }

    std::int64_t block_size(const BlockGroup& blocks) const {
        return std::int64_t(blocks.block.vectors) * target_.lanes *
               (1 + std::int64_t(window_.kernel_height) * window_.kernel_width * kernel_.input.channels);
    }

    Body all_blocks(const RowGroup& rows) const {
        Body body;
        for (const BlockGroup& blocks : blocks_)
            body.push_back(Loop{"block", 0, blocks.count, 1, {call_row(rows, blocks, n("block"))}});
        return body;
    }

    /// Rows of output from pointers to input rows: as many as `rows` says, or row y.
    void add_stream_entry() {
        Function function;
        function.name = tree_.name;
        function.parameters = row_parameters({{0, 1, 0, window_.kernel_height}, 0, {}, ""});
        Cases cases{kernel_.row_pixels ? "rows" : "y", {}};
        for (std::size_t index = 0; index < rows_.size(); ++index)
            cases.cases.push_back({kernel_.row_pixels ? Expression(int(index) + 2) : row_end(rows_[index]), all_blocks(rows_[index])});
        function.parameters.push_back({ParameterType::index, cases.variable});
        function.body.push_back(std::move(cases));
        tree_.functions.push_back(std::move(function));
    }

    void add_entry() {
        Function function;
        function.name = tree_.name;
        function.parameters = {{ParameterType::input, "input"}, {ParameterType::weights, "weights"}};
        for (int output = 0; output < int(kernel_.output_channels.size()); ++output)
            function.parameters.push_back({ParameterType::output, output_name(output)});
        function.parameters.push_back({ParameterType::index, "first"});
        function.parameters.push_back({ParameterType::index, "end"});
        switch (kernel_.split) {
            case Split::rows: function.body.push_back(all_rows([&](const RowGroup& rows) { return all_blocks(rows); })); break;
            case Split::rows_for_each_block:
                for (const BlockGroup& blocks : blocks_) {
                    Loop rows = all_rows([&](const RowGroup& group) { return Body{call_row(group, blocks, n("block"))}; });
                    function.body.push_back(Loop{"block", 0, blocks.count, 1, {std::move(rows)}});
                }
                break;
            case Split::channels: function.body.push_back(blocks_in_range()); break;
        }
        tree_.functions.push_back(std::move(function));
    }

    /// The rows [first, end), each as its group has it.
    template <class OneRow>
    Loop all_rows(const OneRow& one_row) const {
        Cases cases{"y", {}};
        for (const RowGroup& rows : rows_) cases.cases.push_back({row_end(rows), one_row(rows)});
        return {"y", n("first"), n("end"), 1, {std::move(cases)}};
    }

    /// All rows of the blocks [first, end).
    Loop blocks_in_range() const {
        Cases cases{"block", {}};
        for (const BlockGroup& blocks : blocks_) {
            Body body;
            const Expression block = n("block") - Expression(blocks.first);
            for (const RowGroup& rows : rows_)
                body.push_back(Loop{"y", Expression(rows.rows.first), row_end(rows), 1, {call_row(rows, blocks, block)}});
            cases.cases.push_back({Expression(blocks.first + blocks.count), std::move(body)});
        }
        return {"block", n("first"), n("end"), 1, {std::move(cases)}};
    }

    Expression row_end(const RowGroup& rows) const {
        const int end = rows.rows.first + rows.rows.count;
        if (kernel_.row_pixels) return end;
        return row_bound(end, kernel_.output_height);
    }

    const ConvolutionKernel& kernel_;
    const Target& target_;
    const Window& window_;
    bool picture_;
    std::vector<BlockGroup> blocks_;
    std::vector<RowGroup> rows_;
    KernelTree tree_;
};

}  // namespace

KernelTree lower_convolution(const ConvolutionKernel& kernel, const std::string& name, const Target& target) {
    return ConvolutionLowering(kernel, name, target).lower();
}

}  // namespace ssdgen
