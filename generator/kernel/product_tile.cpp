#include "kernel/product.h"
#include "plan/alignment.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

class TileLowering {
  public:
    explicit TileLowering(const Product& product)
        : product_(product),
          lanes_(vector_unit(product.target, Element::f32).lanes),
          window_(product.rows.window),
          channels_(product.input_channels()),
          weights_(view_weights(product.kernel)) {}

    Function lower(const RowGroup& rows, const TileRun& tile, const BlockGroup& blocks) const {
        const ChannelBlock& block = blocks.block;
        Function function;
        function.name = tile_function_name(product_, rows, tile, blocks);
        function.comment = fmt::format("{} output pixels x {} channels.", tile.pixels, block.channels);
        function.parameters = product_.row_parameters(rows.rows.first_tap, rows.rows.taps);
        Body& body = function.body;
        for (int vector = 0; vector < block.vectors; ++vector) {
            body.push_back(Load{sum_name(0, vector), {"weights", vector * lanes_ * weights_.bias}, lanes_});
            for (int pixel = 1; pixel < tile.pixels; ++pixel)
                body.push_back(Copy{sum_name(pixel, vector), sum_name(0, vector)});
        }
        for (const Terms& terms : tile_terms(rows, tile)) append_terms(body, blocks, terms);
        append_activation_constants(body, product_.kernel.epilogue.activation);
        append_stores(body, tile, blocks);
        return function;
    }

  private:
    /// `count` terms of the sums of the pixels [first, end) of a tile: inputs in[(pixel's column) * input_channels +
    /// i].
    struct Terms {
        int row_tap = 0;
        int first_pixel = 0;
        int end_pixel = 0;
        std::vector<int> columns;  // one a pixel, relative to the tile's column
        std::int64_t weights = 0;  // index of the first term
        int taps = 1;              // columns that follow each other in memory: count = taps * input_channels
    };

    void append_step(Body& body, const BlockGroup& blocks, const Terms& terms, int index) const {
        const int vectors = blocks.block.vectors;
        if (terms.taps * channels_ > blocks.block.terms.straight) append_prefetches(body, blocks, index);
        for (int vector = 0; vector < vectors; ++vector)
            body.push_back(Load{weight_name(index, vector),
                                {"w", Expression((std::int64_t(index) * vectors + vector) * lanes_ * weights_.weight)},
                                {weights_.element, lanes_},
                                terms.end_pixel - terms.first_pixel > 1});
        for (int pixel = terms.first_pixel; pixel < terms.end_pixel; ++pixel) {
            const std::string in = input_name(index, pixel);
            const int column = terms.columns[std::size_t(pixel - terms.first_pixel)];
            body.push_back(Broadcast{in, {"in", Expression(column) * product_.input_step() + Expression(index)}});
            for (int vector = 0; vector < vectors; ++vector)
                body.push_back(MultiplyAdd{sum_name(pixel, vector), in, weight_name(index, vector)});
        }
    }

    /// Of the lines that the weights of a step begin, those that come so many bytes later. Of floats a step that begins
    /// within a line fetches none.
    void append_prefetches(Body& body, const BlockGroup& blocks, int index) const {
        const int ahead = blocks.block.terms.prefetch_bytes;
        const std::int64_t size = std::int64_t(blocks.block.vectors) * lanes_ * bytes_of(weights_.element);
        const std::int64_t first = index * size;
        if (!ahead || (weights_.element == Element::f32 && first % alignment)) return;
        for (std::int64_t line = aligned(first); line < first + size; line += alignment)
            body.push_back(Prefetch{{"w", Expression(weights_.offset(line + ahead))}});
    }

    void append_terms(Body& body, const BlockGroup& blocks, const Terms& terms) const {
        const int width = blocks.block.vectors * lanes_;
        const int count = terms.taps * channels_, unroll = blocks.block.terms.unroll;
        Body inner;
        inner.push_back(Pointer{"in", {product_.rows.row_names[std::size_t(terms.row_tap)], Expression(0)}});
        inner.push_back(
            Pointer{"w", {"weights", Expression((weights_.bias + terms.weights * weights_.weight) * width)}});
        if (count <= blocks.block.terms.straight) {
            for (int index = 0; index < count; ++index) {
                // Neighbouring pixels read the same columns.
                if (index > 0 && index % channels_ == 0) inner.push_back(Renew{"in"});
                append_step(inner, blocks, terms, index);
            }
        } else {
            Loop loop{"k", 0, Expression(terms.taps) * n("input_channels") - Expression(count % unroll), unroll, {}};
            for (int index = 0; index < unroll; ++index) append_step(loop.body, blocks, terms, index);
            loop.body.push_back(Blank{});
            loop.body.push_back(Advance{"in", unroll});
            loop.body.push_back(Advance{"w", std::int64_t(unroll) * width * weights_.weight});
            inner.push_back(std::move(loop));
            for (int index = 0; index < count % unroll; ++index) append_step(inner, blocks, terms, index);
        }
        body.push_back(Blank{});
        body.push_back(Comment{describe(terms)});
        body.push_back(Block{std::move(inner)});
    }

    std::string describe(const Terms& terms) const {
        if (product_.rows.flat) return "All input channels.";
        return terms.taps > 1 ? fmt::format("Window row {}, all its columns.", terms.row_tap)
                              : fmt::format("Window row {}, column {}.", terms.row_tap,
                                            terms.weights / channels_ % window_.columns.kernel);
    }

    /// The sums of a tile, row by row of the window, then column by column, then channel by channel.
    std::vector<Terms> tile_terms(const RowGroup& rows, const TileRun& tile) const {
        const auto tap_index = [&](int row, int column) {
            return std::int64_t(row * window_.columns.kernel + column) * channels_;
        };
        // Columns that follow each other in memory are one stretch of terms.
        const bool side_by_side = product_.kernel.inputs[0].is_dense() || window_.columns.kernel == 1;
        const bool full = side_by_side && window_.columns.dilation == 1 &&
                          std::all_of(tile.taps.begin(), tile.taps.end(),
                                      [&](const auto& taps) { return taps.taps == window_.columns.kernel; });
        std::vector<Terms> all;
        for (int row = rows.rows.first_tap; row < rows.rows.first_tap + rows.rows.taps; ++row) {
            if (full) {
                Terms terms{row, 0, tile.pixels, {}, tap_index(row, 0), window_.columns.kernel};
                for (const PixelTaps& taps : tile.taps) terms.columns.push_back(taps.column);
                all.push_back(std::move(terms));
                continue;
            }
            for (int column = 0; column < window_.columns.kernel; ++column) {
                Terms terms{row, tile.pixels, 0, {}, tap_index(row, column), 1};
                for (int pixel = 0; pixel < tile.pixels; ++pixel) {
                    const PixelTaps& taps = tile.taps[std::size_t(pixel)];
                    if (column < taps.first_tap || column >= taps.first_tap + taps.taps) continue;
                    terms.first_pixel = std::min(terms.first_pixel, pixel);
                    terms.end_pixel = pixel + 1;
                    terms.columns.push_back(taps.column + (column - taps.first_tap) * window_.columns.dilation);
                }
                if (!terms.columns.empty()) all.push_back(std::move(terms));
            }
        }
        return all;
    }

    void append_stores(Body& body, const TileRun& tile, const BlockGroup& blocks) const {
        const ChannelBlock& block = blocks.block;
        for (int pixel = 0; pixel < tile.pixels; ++pixel) {
            body.push_back(Blank{});
            for (int vector = 0; product_.adds() && vector < block.vectors; ++vector)
                append_addend(body, pixel, vector, blocks);
            for (int vector = 0; vector < block.vectors; ++vector)
                append_activation(body, product_.kernel.epilogue.activation, sum_name(pixel, vector));
            for (int vector = 0; vector < block.vectors; ++vector)
                body.push_back(Store{
                    {"output", Expression(pixel) * product_.output_step(block.output) + Expression(vector * lanes_)},
                    sum_name(pixel, vector),
                    vector + 1 == block.vectors ? blocks.last_lanes : lanes_});
        }
    }

    void append_addend(Body& body, int pixel, int vector, const BlockGroup& blocks) const {
        const std::string addend = addend_name(pixel, vector), sum = sum_name(pixel, vector);
        body.push_back(Load{addend,
                            {"addend", Expression(pixel) * product_.addend_step() + Expression(vector * lanes_)},
                            vector + 1 == blocks.block.vectors ? blocks.last_lanes : lanes_});
        body.push_back(Arithmetic{Operator::add, sum, sum, addend});
    }

    const Product& product_;
    const int lanes_;
    const Window& window_;
    const int channels_;  // of the input
    const WeightsView weights_;
};

}  // namespace

std::string tile_function_name(const Product& product, const RowGroup& rows, const TileRun& tile,
                               const BlockGroup& blocks) {
    const bool flat = product.rows.flat;
    return convolution_tile_name(tile.pixels, blocks.block.channels, product.which(blocks.block.output),
                                 flat ? "" : rows.name, flat ? "" : tile.name);
}

Function lower_product_tile(const Product& product, const RowGroup& rows, const TileRun& tile,
                            const BlockGroup& blocks) {
    return TileLowering(product).lower(rows, tile, blocks);
}

}  // namespace ssdgen
