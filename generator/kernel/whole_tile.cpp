#include "kernel/product_tile.h"
#include "kernel/whole_pieces.h"
#include "plan/packing.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

/// "zeros": Inputs outside the map, each byte the zero point.
constexpr const char* outside_name = "zeros";

class WholeTile : public TileLowering {
  public:
    WholeTile(const Product& product, const ProductTile& tile)
        : TileLowering(product, tile),
          whole_(*product.kernel.whole),
          picture_(std::holds_alternative<PictureKernel>(product.kernel.kind)) {}

  private:
    // --- Sums as they begin.

    void append_sums(Body& body) const override {
        body.push_back(Comment{"The biases."});
        for (int vector = 0; vector < tile_.vectors; ++vector) {
            body.push_back(WholeLoad{sum_name(0, vector), header(HeaderRow::bias, vector), {Element::s32, lanes_}});
            for (int pixel = 1; pixel < pixels(); ++pixel)
                body.push_back(Copy{sum_name(pixel, vector), sum_name(0, vector)});
        }
        if (whole_.offsets_weights) append_offsets(body);
        if (has_outside()) body.push_back(WholeCompute{WholeOp::inputs_of, outside_name, {}, {whole_.input_zeros[0]}});
    }

    Address header(HeaderRow row, int vector) const {
        return {"weights", Expression((index_of(product_.kernel, row) * width() + vector * lanes_) * 4)};
    }

    /// The weights' zero points times the sum of each pixel's inputs.
    void append_offsets(Body& body) const {
        body.push_back(Blank{});
        body.push_back(Comment{"What the weights' zero points add: each times the sum of the pixel's inputs."});
        const std::vector<Terms> all = tile_terms();
        for (int pixel = 0; pixel < pixels(); ++pixel) {
            Body inner;
            append_input_sum(inner, all, pixel);
            for (int vector = 0; vector < tile_.vectors; ++vector) {
                const std::string zero = fmt::format("zero_c{}", vector);
                inner.push_back(WholeLoad{zero, header(HeaderRow::weight_zero, vector), {Element::s32, lanes_}});
                inner.push_back(WholeCompute{WholeOp::subtract_product, sum_name(pixel, vector), {zero, "inputs"}});
            }
            body.push_back(Block{std::move(inner)});
        }
    }

    /// "inputs": the sum of all inputs of a pixel, those outside the map among them.
    void append_input_sum(Body& body, const std::vector<Terms>& all, int pixel) const {
        std::int64_t beyond = 0;
        for (const Terms& terms : all)
            if (column_of(terms, pixel) == outside) beyond += std::int64_t(terms.taps) * channels_;
        body.push_back(WholeCompute{WholeOp::sums_of, "inputs", {}, {beyond * whole_.input_zeros[0]}});
        int number = 0;
        for (const Terms& terms : all) {
            const int column = column_of(terms, pixel);
            if (column < 0) continue;
            const std::string part = fmt::format("inputs_{}", number++);
            body.push_back(SumBytes{
                part,
                {product_.rows.row_names[std::size_t(terms.row_tap)], Expression(column) * product_.input_step()},
                Expression(terms.taps * channels_)});
            body.push_back(Arithmetic{Operator::add, "inputs", "inputs", part});
        }
    }

    /// The input column of a pixel's terms; outside: of none of the map's, and -2: it takes none.
    static int column_of(const Terms& terms, int pixel) {
        if (pixel < terms.first_pixel || pixel >= terms.end_pixel) return -2;
        return terms.columns[std::size_t(pixel - terms.first_pixel)];
    }

    bool has_outside() const {
        const std::vector<Terms> all = tile_terms();
        return std::any_of(all.begin(), all.end(), [](const Terms& terms) {
            return std::find(terms.columns.begin(), terms.columns.end(), outside) != terms.columns.end();
        });
    }

    // --- Products.

    void append_products(Body& body, const Terms& terms, const Step& step) const override {
        for (int vector = 0; vector < tile_.vectors; ++vector)
            body.push_back(
                WholeLoad{weight_name(step.name, vector),
                          {"w", Expression(std::int64_t(step.index) * width() + std::int64_t(vector) * lanes_ * 4)},
                          {Element::s8, lanes_},
                          terms.end_pixel - terms.first_pixel > 1});
        for (int pixel = terms.first_pixel; pixel < terms.end_pixel; ++pixel) {
            const int column = terms.columns[std::size_t(pixel - terms.first_pixel)];
            std::string in = outside_name;
            if (column != outside) {
                in = input_name(step.name, pixel);
                body.push_back(
                    WholeBroadcast{in,
                                   {"in", Expression(column) * product_.input_step() + Expression(step.index)},
                                   bytes_of_step(terms, step)});
            }
            for (int vector = 0; vector < tile_.vectors; ++vector)
                body.push_back(MultiplyAdd{sum_name(pixel, vector), in, weight_name(step.name, vector)});
        }
    }

    /// Beyond the last channel nothing is read: it may be the end of the map. The picture's rows have room.
    int bytes_of_step(const Terms& terms, const Step& step) const {
        const int count = terms.taps * channels_;
        if (picture_ || count % terms_at_once == 0) return terms_at_once;
        const bool is_last = step.name.channel + terms_at_once > channels_ && step.comment.number == std::nullopt;
        return is_last ? count % terms_at_once : terms_at_once;
    }

    int terms_of_step() const override { return terms_at_once; }
    std::int64_t stored(const Terms& terms) const override {
        return (std::int64_t(terms.taps) * channels_ + terms_at_once - 1) / terms_at_once * terms_at_once;
    }
    std::int64_t stored_before(const Terms& terms) const override {
        const std::int64_t stretch = picture_ ? std::int64_t(window_.columns.kernel) * channels_ : channels_;
        const std::int64_t room = (stretch + terms_at_once - 1) / terms_at_once * terms_at_once;
        return terms.weights / stretch * room;
    }
    bool joins_columns() const override { return picture_ || channels_ % terms_at_once == 0; }
    bool takes_outside() const override { return whole_.input_zeros[0] != 0; }

    // --- Outputs.

    /// Pixel by pixel, registers narrowed together; where the last of them may hold several numbers of channels, then
    /// those of all pixels as they do.
    void append_outputs(Body& body) const override {
        body.push_back(Blank{});
        body.push_back(Comment{"The factors."});
        const SumScaling scaling{product_.kernel};
        for (int vector = 0; vector < tile_.vectors; ++vector)
            scaling.append_loads(body, suffix(vector), lanes_, [&](int row) {
                return Address{"weights", Expression((row * width() + vector * lanes_) * 4)};
            });
        append_rescaling_constants(body, output());
        const int last_group = first_of_last_group();
        const int whole = several_last() ? last_group : tile_.vectors;
        for (int pixel = 0; whole && pixel < pixels(); ++pixel) {
            body.push_back(Blank{});
            body.push_back(Comment{fmt::format("The outputs of pixel {}.", pixel)});
            append_pixel(body, pixel, 0, whole, *tile_.last_lanes.begin());
        }
        if (!several_last()) return;
        Cases cases{last_lanes_parameter, {}};
        for (int lanes : tile_.last_lanes) {
            Body stores{Comment{fmt::format("Vector {}, {} of {} channels.", tile_.vectors - 1, lanes, lanes_)}};
            for (int pixel = 0; pixel < pixels(); ++pixel)
                append_pixel(stores, pixel, last_group, tile_.vectors, lanes);
            cases.cases.push_back({lanes + 1, std::move(stores)});
        }
        body.push_back(Blank{});
        body.push_back(std::move(cases));
    }

    static std::string suffix(int vector) { return fmt::format("_c{}", vector); }

    /// All outputs whose tile it is have one range, or it would be no tile of theirs.
    const OutputNumbers& output() const { return whole_.outputs[std::size_t(*tile_.outputs.begin())]; }

    int first_of_last_group() const {
        int first = 0;
        while (first + narrowed_together(tile_.vectors, first) < tile_.vectors)
            first += narrowed_together(tile_.vectors, first);
        return first;
    }

    void append_pixel(Body& body, int pixel, int first, int end, int last_lanes) const {
        const SumScaling scaling{product_.kernel};
        for (int vector = first; vector < end; ++vector) {
            scaling.append(body, sum_name(pixel, vector), suffix(vector));
            append_rescaling(body, output(), sum_name(pixel, vector));
        }
        for (int vector = first; vector < end;) {
            const int together = narrowed_together(tile_.vectors, vector);
            std::vector<std::string> names;
            for (int one = vector; one < vector + together; ++one) names.push_back(sum_name(pixel, one));
            const bool last = vector + together == tile_.vectors;
            body.push_back(store_of(output(),
                                    {"output", Expression(pixel) * output_step() + Expression(vector * lanes_)},
                                    std::move(names), (together - 1) * lanes_ + (last ? last_lanes : lanes_)));
            vector += together;
        }
    }

    const WholeNumbers& whole_;
    const bool picture_;
};

}  // namespace

Function lower_whole_tile(const Product& product, const ProductTile& tile) { return WholeTile(product, tile).lower(); }

}  // namespace ssdgen
