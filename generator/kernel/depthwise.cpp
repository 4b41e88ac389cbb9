#include "kernel/channel_windows.h"
#include "kernel/lower.h"
#include "kernel/whole_pieces.h"
#include "plan/names.h"
#include "plan/packing.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

/// What stands in a tile.
class DepthwiseSums {
  public:
    DepthwiseSums(const DepthwiseKernel& kind, const Kernel& kernel)
        : kernel_(kernel), window_(kind.window), weights_(view_weights(kernel)) {}

    Parameter weights() const { return weights_.parameter(); }

    void begin(Body& body) const {
        append_activation_constants(body, kernel_.epilogue.activation);
        append_biases(body);
    }

    /// One vector of channels of a tile's outputs.
    void append(Body& body, const ChannelTile& part) const {
        const auto& [rows, tile, channel, lanes, registers] = part;
        body.push_back(Comment{"The bias."});
        body.push_back(Load{sum_name(0), {biases(), channel * Expression(weights_.bias)}, lanes});
        for (int pixel = 1; pixel < tile.pixels; ++pixel) body.push_back(Copy{sum_name(pixel), sum_name(0)});
        for (int row = rows.first_tap; row < rows.first_tap + rows.taps; ++row) append_window_row(body, part, row);
        body.push_back(Blank{});
        body.push_back(Comment{"The outputs."});
        for (int pixel = 0; kernel_.epilogue.adds_input && pixel < tile.pixels; ++pixel) {
            const Expression at = Expression(pixel) * addend_step(kernel_) + channel;
            body.push_back(Load{addend_name(pixel), {"addend", at}, lanes});
            body.push_back(Arithmetic{Operator::add, sum_name(pixel), sum_name(pixel), addend_name(pixel)});
        }
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            append_activation(body, kernel_.epilogue.activation, sum_name(pixel));
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            body.push_back(
                Store{{"output", Expression(pixel) * output_step(kernel_) + channel}, sum_name(pixel), lanes});
    }

  private:
    /// Bytes are walked over in two strides, of biases and of weights. GCC 12 makes one address from the other then,
    /// and takes the function for one that writes nothing, unless it has two pointers.
    bool has_biases() const { return weights_.pointer != Element::f32; }
    std::string biases() const { return has_biases() ? "biases" : "weights"; }
    void append_biases(Body& body) const {
        if (!has_biases()) return;
        body.push_back(Pointer{biases(), {"weights", 0}});
        body.push_back(Renew{biases()});
    }

    /// One row of the window: its weights, then the input columns from left to right, each with all outputs that it is
    /// in.
    void append_window_row(Body& body, const ChannelTile& part, int row) const {
        const auto& [rows, tile, channel, lanes, registers] = part;
        std::set<int> columns, taps;
        for (const PixelTaps& pixel : tile.taps)
            for (int tap = 0; tap < pixel.taps; ++tap) {
                taps.insert(pixel.first_tap + tap);
                columns.insert(pixel.column + tap * window_.columns.dilation);
            }
        body.push_back(Blank{});
        body.push_back(Comment{fmt::format("Window row {}: its weights.", row)});
        for (int tap : taps) {
            const int before = weights_.bias + (row * window_.columns.kernel + tap) * weights_.weight;
            body.push_back(Load{depthwise_weight_name(row, tap),
                                {"weights", Expression(before) * n("channels") + channel * Expression(weights_.weight)},
                                {weights_.element, lanes},
                                tile.pixels > 1});
        }
        for (int column : columns) {
            const std::string in = depthwise_input_name(row, column);
            body.push_back(Blank{});
            body.push_back(Comment{fmt::format("Window row {}, input column {} under the tile.", row, column)});
            const std::size_t load = body.size();
            body.push_back(Load{in, {input_row_name(row), Expression(column) * input_step(kernel_) + channel}, lanes});
            for (int pixel = 0; pixel < tile.pixels; ++pixel) {
                const PixelTaps& inside = tile.taps[std::size_t(pixel)];
                const int distance = column - inside.column;
                if (distance < 0 || distance % window_.columns.dilation ||
                    distance / window_.columns.dilation >= inside.taps)
                    continue;
                const int tap = inside.first_tap + distance / window_.columns.dilation;
                body.push_back(MultiplyAdd{sum_name(pixel), in, depthwise_weight_name(row, tap)});
            }
            std::get<Load>(body[load].value).keep = body.size() - load > 2;
        }
    }

    const Kernel& kernel_;
    const Window& window_;
    const WeightsView weights_;
};

/// The same of whole numbers. Of each column of the window four rows are multiplied at once.
class WholeDepthwise {
  public:
    WholeDepthwise(const DepthwiseKernel& kind, const Kernel& kernel)
        : kernel_(kernel),
          whole_(*kernel.whole),
          window_(kind.window),
          weights_(view_weights(kernel)),
          fours_((kind.window.rows.kernel + terms_at_once - 1) / terms_at_once) {}

    Parameter weights() const { return weights_.parameter(); }

    void begin(Body& body) const {
        append_rescaling_constants(body, whole_.outputs[0]);
        if (zero() != 0) body.push_back(WholeCompute{WholeOp::inputs_of, outside_inputs, {}, {zero()}});
        for (int four = 0; whole_.offsets_weights && four < fours_; ++four) {
            std::vector<std::int64_t> ones(terms_at_once, 0);
            std::fill_n(ones.begin(), end_row(four) - first_row(four), 1);
            body.push_back(WholeCompute{WholeOp::weights_of, ones_name(four), {}, std::move(ones)});
        }
    }

    /// The channels of a tile's outputs that are computed together.
    void append(Body& body, const ChannelTile& part) const {
        const TileRun& tile = part.columns;
        body.push_back(Comment{part.registers == 1 ? "The bias." : "The biases."});
        for (int index = 0; index < part.registers; ++index) {
            body.push_back(WholeLoad{sum_of(part, 0, index), header(HeaderRow::bias, part, index), sums(part)});
            for (int pixel = 1; pixel < tile.pixels; ++pixel)
                body.push_back(Copy{sum_of(part, pixel, index), sum_of(part, 0, index)});
        }
        each_sum(part, [&](int pixel, int index) {
            if (whole_.offsets_weights)
                body.push_back(WholeCompute{WholeOp::sums_of, inputs_name(part, pixel, index), {}, {0}});
        });
        for (int four = 0; four < fours_; ++four) append_four(body, part, four);
        body.push_back(Blank{});
        body.push_back(Comment{"The outputs."});
        append_outputs(body, part);
    }

  private:
    static constexpr const char* outside_inputs = "outside";

    int zero() const { return whole_.input_zeros[0]; }
    static std::string ones_name(int four) { return fmt::format("ones_{}", four); }

    // Registers of channels that stand alone have no number.
    static std::string suffix(const ChannelTile& part, int index) {
        return part.registers == 1 ? "" : fmt::format("c{}", index);
    }
    static std::string named(const std::string& name, const ChannelTile& part, int index) {
        return part.registers == 1 ? name : name + "_" + suffix(part, index);
    }
    static std::string sum_of(const ChannelTile& part, int pixel, int index) {
        return part.registers == 1 ? sum_name(pixel) : sum_name(pixel, index);
    }
    static std::string inputs_name(const ChannelTile& part, int pixel, int index) {
        return fmt::format("inputs_p{}{}", pixel, suffix(part, index));
    }
    static VectorType sums(const ChannelTile& part) { return {Element::s32, part.lanes}; }

    /// The numbers of a register's channels in a row of [channels], so many bytes each.
    static Expression place_of(const ChannelTile& part, int index, int bytes) {
        return (part.channel + Expression(index * part.lanes)) * Expression(bytes);
    }
    Address header_row(int row, const ChannelTile& part, int index) const {
        return {"weights", Expression(4 * row) * n("channels") + place_of(part, index, 4)};
    }
    Address header(HeaderRow row, const ChannelTile& part, int index) const {
        return header_row(index_of(kernel_, row), part, index);
    }

    template <class Append>
    static void each_sum(const ChannelTile& part, const Append& append) {
        for (int pixel = 0; pixel < part.columns.pixels; ++pixel)
            for (int index = 0; index < part.registers; ++index) append(pixel, index);
    }

    void append_outputs(Body& body, const ChannelTile& part) const {
        const SumScaling scaling{kernel_};
        for (int index = 0; index < part.registers; ++index) {
            scaling.append_loads(body, part.registers == 1 ? "" : "_" + suffix(part, index), part.lanes,
                                 [&](int row) { return header_row(row, part, index); });
            if (whole_.offsets_weights)
                body.push_back(
                    WholeLoad{named("zero", part, index), header(HeaderRow::weight_zero, part, index), sums(part)});
        }
        each_sum(part, [&](int pixel, int index) {
            const std::string sum = sum_of(part, pixel, index);
            if (whole_.offsets_weights)
                body.push_back(WholeCompute{
                    WholeOp::subtract_product, sum, {named("zero", part, index), inputs_name(part, pixel, index)}});
            scaling.append(body, sum, part.registers == 1 ? "" : "_" + suffix(part, index));
            append_rescaling(body, whole_.outputs[0], sum);
        });
        for (int pixel = 0; pixel < part.columns.pixels; ++pixel) {
            std::vector<std::string> names;
            for (int index = 0; index < part.registers; ++index) names.push_back(sum_of(part, pixel, index));
            body.push_back(store_of(whole_.outputs[0],
                                    {"output", Expression(pixel) * output_step(kernel_) + part.channel},
                                    std::move(names), part.registers * part.lanes));
        }
    }

    int first_row(int four) const { return four * terms_at_once; }
    int end_row(int four) const { return std::min(first_row(four) + terms_at_once, window_.rows.kernel); }

    static bool is_inside(const TapRange& rows, int row) {
        return row >= rows.first_tap && row < rows.first_tap + rows.taps;
    }

    /// Four rows of the window: their weights, then the input columns from left to right, each with all outputs that it
    /// is in; last the columns outside the map, if they add something.
    void append_four(Body& body, const ChannelTile& part, int four) const {
        const TapRange& rows = part.rows;
        const TileRun& tile = part.columns;
        bool any_inside = false;
        for (int row = first_row(four); row < end_row(four); ++row) any_inside |= is_inside(rows, row);
        if (!any_inside && zero() == 0) return;
        std::set<int> columns;
        for (const PixelTaps& pixel : tile.taps)
            for (int tap = 0; tap < pixel.taps; ++tap) columns.insert(pixel.column + tap * window_.columns.dilation);
        const std::string which = fmt::format("Window rows {} to {}", first_row(four), end_row(four) - 1);
        body.push_back(Blank{});
        body.push_back(Comment{which + ": their weights."});
        for (int tap = 0; tap < window_.columns.kernel; ++tap) {
            if (!is_used(tile, tap)) continue;
            const Expression before = Expression(weights_.bias + (tap * fours_ + four) * terms_at_once) * n("channels");
            // The weights of several registers are left to the compiler: they may not find room in registers.
            for (int index = 0; index < part.registers; ++index)
                body.push_back(WholeLoad{weight_of(part, four, tap, index),
                                         {"weights", before + place_of(part, index, terms_at_once)},
                                         {Element::s8, part.lanes},
                                         tile.pixels > 1 && part.registers == 1});
        }
        for (int column : columns) {
            body.push_back(Blank{});
            body.push_back(Comment{fmt::format("{}, input column {} under the tile.", which, column)});
            append_column(body, part, four, column);
        }
        if (zero() != 0) append_outside(body, part, four);
    }

    bool is_used(const TileRun& tile, int tap) const {
        return zero() != 0 || std::any_of(tile.taps.begin(), tile.taps.end(), [&](const PixelTaps& inside) {
                   return tap >= inside.first_tap && tap < inside.first_tap + inside.taps;
               });
    }

    static std::string weight_of(const ChannelTile& part, int four, int tap, int index) {
        return depthwise_weight_name(four * terms_at_once, tap) + suffix(part, index);
    }

    void append_column(Body& body, const ChannelTile& part, int four, int column) const {
        const TileRun& tile = part.columns;
        Interleave node{{}, {}, zero(), part.lanes};
        const std::string in = depthwise_input_name(four * terms_at_once, column);
        for (int index = 0; index < part.registers; ++index) node.names.push_back(in + suffix(part, index));
        const Expression at = Expression(column) * input_step(kernel_) + part.channel;
        for (int row = first_row(four); row < end_row(four); ++row)
            node.rows.push_back(is_inside(part.rows, row) ? Address{input_row_name(row), at} : Address{});
        body.push_back(std::move(node));
        for (int pixel = 0; pixel < tile.pixels; ++pixel) {
            const PixelTaps& inside = tile.taps[std::size_t(pixel)];
            const int distance = column - inside.column;
            if (distance < 0 || distance % window_.columns.dilation ||
                distance / window_.columns.dilation >= inside.taps)
                continue;
            append_products(body, part, pixel, four, inside.first_tap + distance / window_.columns.dilation, in);
        }
    }

    void append_outside(Body& body, const ChannelTile& part, int four) const {
        const TileRun& tile = part.columns;
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            for (int tap = 0; tap < window_.columns.kernel; ++tap) {
                const PixelTaps& inside = tile.taps[std::size_t(pixel)];
                if (tap >= inside.first_tap && tap < inside.first_tap + inside.taps) continue;
                append_products(body, part, pixel, four, tap, "");
            }
    }

    /// in: the inputs, those of each register with its number; "": those outside the map.
    void append_products(Body& body, const ChannelTile& part, int pixel, int four, int tap,
                         const std::string& in) const {
        for (int index = 0; index < part.registers; ++index) {
            const std::string inputs = in.empty() ? outside_inputs : in + suffix(part, index);
            body.push_back(MultiplyAdd{sum_of(part, pixel, index), inputs, weight_of(part, four, tap, index)});
            if (whole_.offsets_weights)
                body.push_back(MultiplyAdd{inputs_name(part, pixel, index), inputs, ones_name(four)});
        }
    }

    const Kernel& kernel_;
    const WholeNumbers& whole_;
    const Window& window_;
    const WeightsView weights_;
    const int fours_;
};

template <class Sums>
KernelTree lower_sums(const Sums& sums, const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name,
                      const Target& target) {
    const auto begin = [&](Body& body) { sums.begin(body); };
    const auto append = [&](Body& body, const ChannelTile& part) { sums.append(body, part); };
    return lower_channel_windows({kernel, kind.window, kind.pixels, kind.registers, sums.weights(), begin, append},
                                 name, target);
}

}  // namespace

KernelTree lower(const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    if (kernel.whole) return lower_sums(WholeDepthwise(kind, kernel), kind, kernel, name, target);
    return lower_sums(DepthwiseSums(kind, kernel), kind, kernel, name, target);
}

}  // namespace ssdgen
