#include "kernel/convolution_parts.h"
#include "kernel/lower.h"
#include "kernel/pieces.h"
#include "plan/kernels.h"
#include "plan/windows.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

class ConvolutionLowering {
  public:
    ConvolutionLowering(const ConvolutionKernel& kernel, const std::string& name, const Target& target)
        : kernel_(kernel),
          target_(target),
          lanes_(vector_unit(target, Element::f32).lanes),
          window_(kernel.window),
          names_(kernel) {
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
            const int lanes = block.channels - (block.vectors - 1) * lanes_;
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
        const auto [map, window] = staged_input(kernel_);
        const std::vector<PixelTaps> taps = row_taps(map.width, window.columns);
        const auto ranges = tap_ranges(map.height, window.rows);
        for (std::size_t index = 0; index < ranges.size(); ++index)
            rows_.push_back({ranges[index], kernel_.output_width, taps,
                             range_name(index, ranges.size(), "top", "middle", "bottom")});
    }

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
            add("stride", window_.rows.stride);
            add("pad_top", window_.rows.before);
        }
        add("input_channels", kernel_.input.channels);
        for (std::size_t output = 0; output < kernel_.output_channels.size(); ++output)
            add(names_.output_channels(int(output)), kernel_.output_channels[output]);
    }

    // --- One row of tiles.

    std::string row_function_name(const RowGroup& rows, const BlockGroup& blocks) const {
        return convolution_row_name(rows.width, blocks.block.channels, names_.which(blocks.block.output), rows.name,
                                    blocks.block.first_channel);
    }

    bool has_function(const std::string& name) const {
        return std::any_of(tree_.functions.begin(), tree_.functions.end(),
                           [&](const Function& function) { return function.name == name; });
    }

    void add_row_function(const RowGroup& rows, const BlockGroup& blocks) {
        Function function;
        function.name = row_function_name(rows, blocks);
        function.comment =
            fmt::format("{} output pixels side by side x {} channels.", rows.width, blocks.block.channels);
        function.parameters = names_.row_parameters(rows);
        const int stride = window_.columns.stride;
        const Expression out_step = Expression::name(names_.output_channels(blocks.block.output));
        for (const TileRun& tile : cut_row(rows.taps, blocks.block.pixels)) {
            const std::string callee = tile_function_name(kernel_, rows, tile, blocks);
            if (!has_function(callee))
                tree_.functions.push_back(lower_convolution_tile(kernel_, target_, rows, tile, blocks));
            Loop loop{"tile", 0, tile.count, 1, {}};
            Call call{callee, {}};
            const Expression moved = n("tile") * Expression(std::int64_t(tile.pixels) * stride);
            for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
                call.arguments.push_back(
                    {names_.row_name(tap), (moved + Expression(tile.column)) * n("input_channels")});
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
            call.arguments.push_back(kernel_.stream_rows ? Address{names_.row_name(tap), 0}
                                                         : Address{"input", row_offset(tap)});
        call.arguments.push_back(
            {"weights", block * Expression(block_size(blocks)) + Expression(blocks.block.weights)});
        call.arguments.push_back({names_.output_name(blocks.block.output),
                                  (kernel_.stream_rows ? Expression(0) : output_row(blocks.block.output)) +
                                      block * Expression(blocks.block.channels) +
                                      Expression(blocks.block.first_channel)});
        return call;
    }

    Expression row_offset(int tap) const {
        if (kernel_.row_pixels) return n("y") * n("row_pixels") * n("input_channels");
        return (n("y") * n("stride") - n("pad_top") + Expression(tap * window_.rows.dilation)) * n("input_width") *
               n("input_channels");
    }

    Expression output_row(int output) const {
        const Expression channels = Expression::name(names_.output_channels(output));
        return n("y") * n(kernel_.row_pixels ? "row_pixels" : "output_width") * channels;
    }

    std::int64_t block_size(const BlockGroup& blocks) const {
        return std::int64_t(blocks.block.vectors) * lanes_ *
               (1 + std::int64_t(window_.rows.kernel) * window_.columns.kernel * kernel_.input.channels);
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
        function.parameters = names_.row_parameters({{0, 1, 0, window_.rows.kernel}, 0, {}, ""});
        Cases cases{kernel_.row_pixels ? "rows" : "y", {}};
        for (std::size_t index = 0; index < rows_.size(); ++index)
            cases.cases.push_back(
                {kernel_.row_pixels ? Expression(int(index) + 2) : row_end(rows_[index]), all_blocks(rows_[index])});
        function.parameters.push_back({ParameterType::index, cases.variable});
        function.body.push_back(std::move(cases));
        tree_.functions.push_back(std::move(function));
    }

    void add_entry() {
        Function function;
        function.name = tree_.name;
        function.parameters = {{ParameterType::input, "input"}, {ParameterType::weights, "weights"}};
        for (int output = 0; output < int(kernel_.output_channels.size()); ++output)
            function.parameters.push_back({ParameterType::output, names_.output_name(output)});
        function.parameters.push_back({ParameterType::index, "first"});
        function.parameters.push_back({ParameterType::index, "end"});
        switch (kernel_.split) {
            case Split::rows:
                function.body.push_back(all_rows([&](const RowGroup& rows) { return all_blocks(rows); }));
                break;
            case Split::rows_for_each_block:
                for (const BlockGroup& blocks : blocks_) {
                    Loop rows =
                        all_rows([&](const RowGroup& group) { return Body{call_row(group, blocks, n("block"))}; });
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
                body.push_back(
                    Loop{"y", Expression(rows.rows.first), row_end(rows), 1, {call_row(rows, blocks, block)}});
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
    const int lanes_;
    const Window& window_;
    const ConvolutionNames names_;
    std::vector<BlockGroup> blocks_;
    std::vector<RowGroup> rows_;
    KernelTree tree_;
};

}  // namespace

KernelTree lower_convolution(const ConvolutionKernel& kernel, const std::string& name, const Target& target) {
    return ConvolutionLowering(kernel, name, target).lower();
}

}  // namespace ssdgen
