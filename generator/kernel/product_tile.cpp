#include "kernel/product_tile.h"

#include "plan/alignment.h"
#include "support/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

}  // namespace

TileLowering::TileLowering(const Product& product, const ProductTile& tile)
    : product_(product),
      tile_(tile),
      lanes_(vector_unit(product.target, Element::f32).lanes),
      window_(product.rows.window),
      channels_(product.input_channels()),
      weights_(view_weights(product.kernel)) {}

Function TileLowering::lower() const {
    Function function;
    function.name = name();
    function.comment = comment();
    function.parameters = product_.row_parameters(tile_.rows.first_tap, tile_.rows.taps, tile_.next_share > 0);
    if (several_outputs()) function.parameters.push_back({ParameterRole::index, output_step_parameter});
    if (several_last()) function.parameters.push_back({ParameterRole::index, last_lanes_parameter});
    Body& body = function.body;
    append_sums(body);
    const std::vector<Terms> all_terms = tile_terms();
    const int lines = next_lines(all_terms);
    std::int64_t rounds = 0;
    for (const Terms& terms : all_terms) {
        append_terms(body, terms, lines, rounds);
        rounds += rounds_of(terms);
    }
    append_outputs(body);
    return function;
}

/// Channels, of those that it can be told the most.
int TileLowering::channels() const { return width() - lanes_ + *tile_.last_lanes.rbegin(); }

/// Tiles of one name are equal.
std::string TileLowering::name() const {
    const std::optional<int> output = several_outputs() ? std::nullopt : product_.which(*tile_.outputs.begin());
    return convolution_tile_name(pixels(), several_last() ? width() : channels(), output, tile_.range,
                                 product_.rows.flat ? "" : tile_.columns.name);
}

std::string TileLowering::comment() const {
    std::string text = fmt::format("{} output pixels x {} channels", pixels(), channels());
    if (several_last()) text += fmt::format(" or fewer, last_lanes of them in vector {}", tile_.vectors - 1);
    if (several_outputs()) text += ", pixels of the output output_step apart";
    return text + ".";
}

Expression TileLowering::output_step() const {
    return several_outputs() ? n(output_step_parameter) : product_.output_step(*tile_.outputs.begin());
}

// --- Terms.

int TileLowering::steps_of(const Terms& terms) const { return int(stored(terms) / terms_of_step()); }

bool TileLowering::is_straight(const Terms& terms) const { return steps_of(terms) <= tile_.terms.straight; }

/// The term `index` from the first on, in code without a loop; `moved`: of them the pointers have passed so many.
TileLowering::Step TileLowering::straight_step(const Terms& terms, int index, int moved) const {
    const int column = first_column(terms) + index / channels_, channel = index % channels_;
    const bool columns = window_.columns.kernel > 1;
    const std::string where = product_.rows.flat
                                  ? "Input channel "
                                  : fmt::format("Window row {}, column {}, input channel ", terms.row_tap, column);
    return {index - moved,
            {columns ? std::optional<int>(column) : std::nullopt, channel},
            {where + fmt::format("{}.", channel)},
            // Neighbouring pixels read the same columns.
            moved == 0 && index > 0 && channel == 0};
}

/// In a loop over k.
TileLowering::Step TileLowering::step_of_loop(const Terms& terms, int index) const {
    const std::string where = terms.taps > 1
                                  ? fmt::format("Window row {}, columns x input channels: term ", terms.row_tap)
                                  : "Input channel ";
    return {index, {std::nullopt, index}, {where, n("k") + Expression(index)}};
}

int TileLowering::first_column(const Terms& terms) const {
    return int(terms.weights / channels_ % window_.columns.kernel);
}

/// first: nothing stands before it.
void TileLowering::append_step(Body& body, const Terms& terms, const Step& step, bool first) const {
    if (!first) body.push_back(Blank{});
    body.push_back(step.comment);
    if (step.renew) body.push_back(Renew{"in"});
    if (!is_straight(terms)) append_prefetches(body, step.index);
    append_products(body, terms, step);
}

/// Of the lines that the weights of a step begin, those that come so many bytes later. Of floats a step that begins
/// within a line fetches none.
void TileLowering::append_prefetches(Body& body, int index) const {
    const int ahead = tile_.terms.prefetch_bytes;
    const std::int64_t size = std::int64_t(width()) * bytes_of(weights_.element) * terms_of_step();
    const std::int64_t first = index / terms_of_step() * size;
    if (!ahead || (weights_.element == Element::f32 && first % alignment)) return;
    for (std::int64_t line = aligned(first); line < first + size; line += alignment)
        body.push_back(Prefetch{{"w", Expression(weights_.offset(line + ahead))}});
}

/// Lines of the next weights that each round of the tile's loops has fetched, so that all rounds together reach the
/// end of its share.
int TileLowering::next_lines(const std::vector<Terms>& all_terms) const {
    if (!tile_.next_share) return 0;
    std::int64_t rounds = 0;
    for (const Terms& terms : all_terms) rounds += rounds_of(terms);
    if (rounds == 0) return 0;                      // the whole window lies outside the map
    const std::int64_t bytes = rounds * alignment;  // of a line each
    return int((tile_.next_share * pixels() + bytes - 1) / bytes);
}

/// Of a loop; none in straight code, which has nothing fetched.
std::int64_t TileLowering::rounds_of(const Terms& terms) const {
    return is_straight(terms) ? 0 : std::int64_t(steps_of(terms)) / tile_.terms.unroll;
}

/// Of a round those lines that its step `index` has fetched. before: rounds of the tile's loops before this one.
void TileLowering::append_next(Body& body, int index, int lines, std::int64_t before) const {
    const int unroll = tile_.terms.unroll, terms = unroll * terms_of_step();
    const std::int64_t round = weights_.offset(lines * alignment);
    check(round % terms == 0, "a term's share of a line is whole");
    for (int line = index; line < lines; line += unroll)
        body.push_back(Prefetch{{"weights", n("next") + n("k") * Expression(round / terms) +
                                                Expression(before * round + weights_.offset(line * alignment))},
                                CacheLevel::second});
}

void TileLowering::append_terms(Body& body, const Terms& terms, int lines, std::int64_t rounds) const {
    const int steps = steps_of(terms), unroll = tile_.terms.unroll, at_once = terms_of_step();
    const bool reads =
        std::any_of(terms.columns.begin(), terms.columns.end(), [](int column) { return column != outside; });
    Body inner;
    if (reads) inner.push_back(Pointer{"in", {product_.rows.row_names[std::size_t(terms.row_tap)], Expression(0)}});
    inner.push_back(
        Pointer{"w", {"weights", Expression((weights_.bias + stored_before(terms) * weights_.weight) * width())}});
    if (is_straight(terms)) {
        for (int step = 0; step < steps; ++step) append_step(inner, terms, straight_step(terms, step * at_once));
    } else {
        const int rest = steps % unroll;
        const Expression all = Expression(terms.taps) * n("input_channels");
        const std::int64_t beyond = stored(terms) - std::int64_t(terms.taps) * channels_;  // that fill up a step
        Loop loop{"k", 0, all - Expression(rest * at_once - beyond), unroll * at_once, {}};
        for (int step = 0; step < unroll; ++step) {
            append_step(loop.body, terms, step_of_loop(terms, step * at_once), step == 0);
            append_next(loop.body, step, lines, rounds);
        }
        loop.body.push_back(Blank{});
        if (reads) loop.body.push_back(Advance{"in", unroll * at_once});
        loop.body.push_back(Advance{"w", std::int64_t(unroll) * at_once * width() * weights_.weight});
        inner.push_back(std::move(loop));
        for (int step = steps - rest; step < steps; ++step)
            append_step(inner, terms, straight_step(terms, step * at_once, (steps - rest) * at_once));
    }
    body.push_back(Blank{});
    body.push_back(Comment{describe(terms)});
    body.push_back(Block{std::move(inner)});
}

std::string TileLowering::describe(const Terms& terms) const {
    if (product_.rows.flat) return "All input channels.";
    return terms.taps > 1 ? fmt::format("Window row {}, all its columns.", terms.row_tap)
                          : fmt::format("Window row {}, column {}.", terms.row_tap, first_column(terms));
}

TileLowering::Terms TileLowering::terms_of_column(int row, int column) const {
    const TileRun& tile = tile_.columns;
    const bool row_is_outside = row < tile_.rows.first_tap || row >= tile_.rows.first_tap + tile_.rows.taps;
    // Of a row outside the map there is no pointer, and none is read.
    Terms terms{row_is_outside ? tile_.rows.first_tap : row,
                tile.pixels,
                0,
                {},
                std::int64_t(row * window_.columns.kernel + column) * channels_,
                1};
    for (int pixel = 0; pixel < tile.pixels; ++pixel) {
        const PixelTaps& taps = tile.taps[std::size_t(pixel)];
        const bool is_outside = row_is_outside || column < taps.first_tap || column >= taps.first_tap + taps.taps;
        if (is_outside && !takes_outside()) continue;
        terms.first_pixel = std::min(terms.first_pixel, pixel);
        terms.end_pixel = pixel + 1;
        terms.columns.push_back(is_outside ? outside
                                           : taps.column + (column - taps.first_tap) * window_.columns.dilation);
    }
    return terms;
}

/// The sums of a tile, row by row of the window, then column by column, then channel by channel.
std::vector<TileLowering::Terms> TileLowering::tile_terms() const {
    const TileRun& tile = tile_.columns;
    // Columns that follow each other in memory are one stretch of terms.
    const bool side_by_side = product_.kernel.inputs[0].is_dense() || window_.columns.kernel == 1;
    const bool full = side_by_side && joins_columns() && window_.columns.dilation == 1 &&
                      std::all_of(tile.taps.begin(), tile.taps.end(),
                                  [&](const auto& taps) { return taps.taps == window_.columns.kernel; });
    const int first = takes_outside() ? 0 : tile_.rows.first_tap;
    const int end = takes_outside() ? window_.rows.kernel : tile_.rows.first_tap + tile_.rows.taps;
    std::vector<Terms> all;
    for (int row = first; row < end; ++row) {
        const bool inside = row >= tile_.rows.first_tap && row < tile_.rows.first_tap + tile_.rows.taps;
        if (full && inside) {
            Terms terms{row,
                        0,
                        tile.pixels,
                        {},
                        std::int64_t(row) * window_.columns.kernel * channels_,
                        window_.columns.kernel};
            for (const PixelTaps& taps : tile.taps) terms.columns.push_back(taps.column);
            all.push_back(std::move(terms));
            continue;
        }
        for (int column = 0; column < window_.columns.kernel; ++column)
            if (Terms terms = terms_of_column(row, column); !terms.columns.empty()) all.push_back(std::move(terms));
    }
    return all;
}

namespace {

/// The tile of a product of floats.
class FloatTile : public TileLowering {
  public:
    using TileLowering::TileLowering;

  private:
    void append_sums(Body& body) const override {
        body.push_back(Comment{"The biases."});
        for (int vector = 0; vector < tile_.vectors; ++vector) {
            body.push_back(Load{sum_name(0, vector), {"weights", vector * lanes_ * weights_.bias}, lanes_});
            for (int pixel = 1; pixel < pixels(); ++pixel)
                body.push_back(Copy{sum_name(pixel, vector), sum_name(0, vector)});
        }
    }

    void append_products(Body& body, const Terms& terms, const Step& step) const override {
        for (int vector = 0; vector < tile_.vectors; ++vector)
            body.push_back(
                Load{weight_name(step.name, vector),
                     {"w", Expression((std::int64_t(step.index) * tile_.vectors + vector) * lanes_ * weights_.weight)},
                     {weights_.element, lanes_},
                     terms.end_pixel - terms.first_pixel > 1});
        for (int pixel = terms.first_pixel; pixel < terms.end_pixel; ++pixel) {
            const std::string in = input_name(step.name, pixel);
            const int column = terms.columns[std::size_t(pixel - terms.first_pixel)];
            body.push_back(Broadcast{in, {"in", Expression(column) * product_.input_step() + Expression(step.index)}});
            for (int vector = 0; vector < tile_.vectors; ++vector)
                body.push_back(MultiplyAdd{sum_name(pixel, vector), in, weight_name(step.name, vector)});
        }
    }

    int terms_of_step() const override { return 1; }
    std::int64_t stored(const Terms& terms) const override { return std::int64_t(terms.taps) * channels_; }
    std::int64_t stored_before(const Terms& terms) const override { return terms.weights; }
    bool joins_columns() const override { return true; }
    bool takes_outside() const override { return false; }

    /// What is added to the sums, activation, stores: pixel by pixel, and where the last vector may hold several
    /// numbers of channels, then those of all pixels as it does.
    void append_outputs(Body& body) const override {
        append_activation_constants(body, product_.kernel.epilogue.activation);
        const int whole = tile_.vectors - (several_last() ? 1 : 0);
        const int last = several_last() ? lanes_ : *tile_.last_lanes.begin();
        for (int pixel = 0; whole && pixel < pixels(); ++pixel) {
            body.push_back(Blank{});
            append_pixel(body, pixel, 0, whole, last);
        }
        if (!several_last()) return;
        Cases cases{last_lanes_parameter, {}};
        for (int lanes : tile_.last_lanes) {
            Body stores{Comment{fmt::format("Vector {}, {} of {} channels.", whole, lanes, lanes_)}};
            for (int pixel = 0; pixel < pixels(); ++pixel) append_pixel(stores, pixel, whole, tile_.vectors, lanes);
            cases.cases.push_back({lanes + 1, std::move(stores)});
        }
        body.push_back(Blank{});
        body.push_back(std::move(cases));
    }

    /// The vectors [first, end) of a pixel; last_lanes: channels in the tile's last one.
    void append_pixel(Body& body, int pixel, int first, int end, int last_lanes) const {
        const auto lanes = [&](int vector) { return vector + 1 == tile_.vectors ? last_lanes : lanes_; };
        if (first == 0) body.push_back(Comment{fmt::format("The outputs of pixel {}.", pixel)});
        for (int vector = first; product_.adds() && vector < end; ++vector)
            append_addend(body, pixel, vector, lanes(vector));
        for (int vector = first; vector < end; ++vector)
            append_activation(body, product_.kernel.epilogue.activation, sum_name(pixel, vector));
        for (int vector = first; vector < end; ++vector)
            body.push_back(Store{{"output", Expression(pixel) * output_step() + Expression(vector * lanes_)},
                                 sum_name(pixel, vector),
                                 lanes(vector)});
    }

    void append_addend(Body& body, int pixel, int vector, int lanes) const {
        const std::string addend = addend_name(pixel, vector), sum = sum_name(pixel, vector);
        body.push_back(
            Load{addend, {"addend", Expression(pixel) * product_.addend_step() + Expression(vector * lanes_)}, lanes});
        body.push_back(Arithmetic{Operator::add, sum, sum, addend});
    }
};

}  // namespace

Function lower_product_tile(const Product& product, const ProductTile& tile) {
    return product.kernel.whole ? lower_whole_tile(product, tile) : FloatTile(product, tile).lower();
}

}  // namespace ssdgen
