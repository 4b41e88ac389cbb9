#include "kernel/product.h"

#include "plan/packing.h"
#include "plan/stream_code.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

class ProductLowering {
  public:
    ProductLowering(const Product& product, const std::string& name)
        : product_(product),
          kernel_(product.kernel),
          rows_(product.rows),
          lanes_(vector_unit(product.target, Element::f32).lanes),
          weights_(view_weights(product.kernel)) {
        tree_.name = name;
        tree_.numbers = product_numbers(kernel_);
        tree_.numbers.insert(tree_.numbers.end(), rows_.numbers.begin(), rows_.numbers.end());
        group_blocks();
        for (const RowGroup& rows : rows_.groups)
            for (const BlockGroup& blocks : blocks_) add_tiles(rows, blocks);
    }

    KernelTree lower() {
        for (const RowGroup& rows : rows_.groups)
            for (const BlockGroup& blocks : blocks_) add_row_function(rows, blocks);
        if (kernel_.stream_rows)
            add_stream_entry();
        else
            add_entry();
        return std::move(tree_);
    }

  private:
    void group_blocks() {
        for (std::size_t index = 0; index < product_.blocks.size(); ++index) {
            const ChannelBlock& block = product_.blocks[index];
            const int lanes = block.channels - (block.vectors - 1) * lanes_;
            if (!blocks_.empty()) {
                BlockGroup& last = blocks_.back();
                if (last.block.output == block.output && last.block.channels == block.channels &&
                    last.block.pixels == block.pixels && last.block.vectors == block.vectors &&
                    last.block.next.pixel_share == block.next.pixel_share) {
                    if (last.count == 1) last.next_step = block.next.first - last.block.next.first;
                    check(last.block.next.first + last.count * last.next_step == block.next.first,
                          "what equal blocks have fetched lies at equal distances");
                    ++last.count;
                    continue;
                }
            }
            blocks_.push_back({block, int(index), 1, lanes, 0});
        }
    }

    // --- Tiles.

    /// What tells tiles apart: the rows and the columns of the window that lie inside the map, pixels, vectors, what
    /// they have fetched, the range of their numbers.
    using TileKey = std::tuple<std::string, std::string, int, int, std::int64_t, int>;

    TileKey tile_key(const RowGroup& rows, const TileRun& columns, const BlockGroup& blocks) const {
        return {rows_.flat ? "" : rows.name, rows_.flat ? "" : columns.name, columns.pixels,
                blocks.block.vectors,        blocks.block.next.pixel_share,  numbers_of(blocks.block.output)};
    }

    /// Outputs whose numbers have one range share tiles: the first of them.
    int numbers_of(int output) const {
        int first = output;
        for (int other = 0; kernel_.whole && other < output; ++other)
            if (kernel_.whole->outputs[std::size_t(other)] == kernel_.whole->outputs[std::size_t(output)])
                first = std::min(first, other);
        return kernel_.whole ? first : 0;
    }

    ProductTile& tile_of(const RowGroup& rows, const TileRun& columns, const BlockGroup& blocks) {
        return tiles_
            .try_emplace(tile_key(rows, columns, blocks),
                         ProductTile{rows.rows, rows_.flat ? "" : rows.name, columns, blocks.block.vectors,
                                     blocks.block.terms, blocks.block.next.pixel_share})
            .first->second;
    }

    void add_tiles(const RowGroup& rows, const BlockGroup& blocks) {
        for (const TileRun& columns : cut_row(rows.taps, blocks.block.pixels)) {
            ProductTile& tile = tile_of(rows, columns, blocks);
            tile.outputs.insert(blocks.block.output);
            tile.last_lanes.insert(blocks.last_lanes);
        }
    }

    // --- One row of tiles.

    std::string row_function_name(const RowGroup& rows, const BlockGroup& blocks) const {
        return convolution_row_name(rows.width, blocks.block.channels, product_.which(blocks.block.output), rows.name,
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
            fmt::format("{} output pixels, one behind the other, x {} channels.", rows.width, blocks.block.channels);
        function.parameters = product_.row_parameters(rows.rows.first_tap, rows.rows.taps, fetches_next(blocks.block));
        const Expression out_step = product_.output_step(blocks.block.output);
        for (const TileRun& tile : cut_row(rows.taps, blocks.block.pixels)) {
            const ProductTile& shared = tile_of(rows, tile, blocks);
            const Function callee = lower_product_tile(product_, shared);
            if (!has_function(callee.name)) tree_.functions.push_back(callee);
            Loop loop{"tile", 0, tile.count, 1, {}};
            Call call{callee.name, {}};
            const Expression moved = n("tile") * Expression(tile.pixels) * column_step();
            for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
                call.arguments.push_back(
                    {rows_.row_names[std::size_t(tap)], (moved + Expression(tile.column)) * product_.input_step()});
            const Expression pixel = n("tile") * Expression(tile.pixels) + Expression(tile.first);
            if (product_.adds()) call.arguments.push_back({"addend", pixel * product_.addend_step()});
            call.arguments.push_back({"weights", 0});
            call.arguments.push_back({"output", pixel * out_step});
            if (fetches_next(blocks.block)) call.arguments.push_back({"", n("next") + pixel * next_share(blocks)});
            if (shared.outputs.size() > 1) call.arguments.push_back({"", out_step});
            if (shared.last_lanes.size() > 1) call.arguments.push_back({"", blocks.last_lanes});
            loop.body.push_back(std::move(call));
            function.body.push_back(std::move(loop));
        }
        tree_.functions.push_back(std::move(function));
    }

    /// Input pixels from an output to the next.
    Expression column_step() const { return rows_.flat ? Expression(1) : n(column_stride(rows_.window)); }

    // --- The map.

    /// Calls of the row function for row `y` of a group and the block that the expressions lead to.
    Call call_row(const RowGroup& rows, const BlockGroup& blocks, const Expression& block) const {
        Call call{row_function_name(rows, blocks), {}};
        for (int tap = rows.rows.first_tap; tap < rows.rows.first_tap + rows.rows.taps; ++tap)
            call.arguments.push_back(kernel_.stream_rows ? Address{rows_.row_names[std::size_t(tap)], 0}
                                                         : Address{"input", row_offset(tap)});
        const Expression channel = block * Expression(blocks.block.channels) + Expression(blocks.block.first_channel);
        const Expression row = kernel_.stream_rows ? Expression(0) : rows_.output_row;
        if (product_.adds()) call.arguments.push_back({"addend", row * product_.addend_step() + channel});
        call.arguments.push_back({"weights", block * Expression(weights_.offset(block_bytes(blocks))) +
                                                 Expression(weights_.offset(blocks.block.weights))});
        call.arguments.push_back(
            {product_.output_name(blocks.block.output), row * product_.output_step(blocks.block.output) + channel});
        if (fetches_next(blocks.block)) {
            // Behind the weights that this call is given.
            const NextWeights& next = blocks.block.next;
            call.arguments.push_back({"", block * Expression(weights_.offset(blocks.next_step - block_bytes(blocks))) +
                                              Expression(weights_.offset(next.first - blocks.block.weights)) +
                                              rows_.output_row * next_share(blocks)});
        }
        return call;
    }

    /// What a pixel has fetched, as offsets from the pointer to weights count.
    Expression next_share(const BlockGroup& blocks) const {
        return Expression(weights_.offset(blocks.block.next.pixel_share));
    }

    Expression row_offset(int tap) const { return rows_.input_rows[std::size_t(tap)] * product_.input_step(); }

    std::int64_t block_bytes(const BlockGroup& blocks) const {
        return block_size(kernel_, blocks.block.vectors * lanes_, stored_terms(rows_.window, kernel_));
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
        function.parameters = product_.row_parameters(0, rows_.window.rows.kernel, false);
        Cases cases{rows_.stream_variable, {}};
        for (const RowGroup& rows : rows_.groups) cases.cases.push_back({rows.end, all_blocks(rows)});
        if (takes_first_of_rows(kernel_)) function.parameters.push_back({ParameterRole::index, "y"});
        function.parameters.push_back({ParameterRole::index, cases.variable});
        function.body.push_back(std::move(cases));
        tree_.functions.push_back(std::move(function));
    }

    void add_entry() {
        Function function;
        function.name = tree_.name;
        function.parameters = {{ParameterRole::input, "input", kernel_.signature.input}};
        if (product_.adds()) function.parameters.push_back({ParameterRole::input, "addend"});
        function.parameters.push_back(weights_.parameter());
        for (int output = 0; output < int(kernel_.outputs.size()); ++output)
            function.parameters.push_back(
                {ParameterRole::output, product_.output_name(output), kernel_.signature.output});
        function.parameters.push_back({ParameterRole::index, "first"});
        function.parameters.push_back({ParameterRole::index, "end"});
        switch (product_.split) {
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
        for (const RowGroup& rows : rows_.groups) cases.cases.push_back({rows.end, one_row(rows)});
        return {"y", n("first"), n("end"), 1, {std::move(cases)}};
    }

    /// All rows of the blocks [first, end).
    Loop blocks_in_range() const {
        Cases cases{"block", {}};
        for (const BlockGroup& blocks : blocks_) {
            Body body;
            const Expression block = n("block") - Expression(blocks.first);
            for (const RowGroup& rows : rows_.groups)
                body.push_back(Loop{"y", Expression(rows.rows.first), rows.end, 1, {call_row(rows, blocks, block)}});
            cases.cases.push_back({Expression(blocks.first + blocks.count), std::move(body)});
        }
        return {"block", n("first"), n("end"), 1, {std::move(cases)}};
    }

    const Product& product_;
    const Kernel& kernel_;
    const ProductRows& rows_;
    const int lanes_;
    const WeightsView weights_;
    std::vector<BlockGroup> blocks_;
    std::map<TileKey, ProductTile> tiles_;
    KernelTree tree_;
};

}  // namespace

std::vector<Parameter> Product::row_parameters(int first_tap, int taps, bool fetches) const {
    std::vector<Parameter> parameters;
    for (int tap = first_tap; tap < first_tap + taps; ++tap)
        parameters.push_back({ParameterRole::input, rows.row_names[std::size_t(tap)], kernel.signature.input});
    if (adds()) parameters.push_back({ParameterRole::input, "addend"});
    parameters.push_back(view_weights(kernel).parameter());
    parameters.push_back({ParameterRole::output, "output", kernel.signature.output});
    if (fetches) parameters.push_back({ParameterRole::index, "next"});
    return parameters;
}

Expression Product::input_step() const { return n(kernel.inputs[0].is_dense() ? "input_channels" : "input_step"); }

Expression Product::output_step(int output) const {
    return Expression::name(kernel.outputs[std::size_t(output)].is_dense() ? output_channels(output)
                                                                           : output_name(output) + "_step");
}

Expression Product::addend_step() const {
    return Expression::name(kernel.inputs.at(1).is_dense() ? output_channels(0) : "addend_step");
}

KernelTree lower_product(const Product& product, const std::string& name) {
    return ProductLowering(product, name).lower();
}

}  // namespace ssdgen
