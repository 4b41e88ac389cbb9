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
        const auto& [rows, tile, channel, lanes] = part;
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
        const auto& [rows, tile, channel, lanes] = part;
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
        if (zero() != 0) {
            body.push_back(WholeCompute{WholeOp::row_of, outside_row, {}, {zero()}});
            body.push_back(WholeCompute{WholeOp::inputs_of, outside_inputs, {}, {zero()}});
        }
        for (int four = 0; whole_.offsets_weights && four < fours_; ++four) {
            std::vector<std::int64_t> ones(terms_at_once, 0);
            std::fill_n(ones.begin(), end_row(four) - first_row(four), 1);
            body.push_back(WholeCompute{WholeOp::weights_of, ones_name(four), {}, std::move(ones)});
        }
    }

    /// One vector of channels of a tile's outputs.
    void append(Body& body, const ChannelTile& part) const {
        const auto& [rows, tile, channel, lanes] = part;
        body.push_back(Comment{"The bias."});
        body.push_back(WholeLoad{sum_name(0), header(HeaderRow::bias, channel), {Element::s32, lanes}});
        for (int pixel = 1; pixel < tile.pixels; ++pixel) body.push_back(Copy{sum_name(pixel), sum_name(0)});
        if (whole_.offsets_weights)
            for (int pixel = 0; pixel < tile.pixels; ++pixel)
                body.push_back(WholeCompute{WholeOp::sums_of, inputs_name(pixel), {}, {0}});
        for (int four = 0; four < fours_; ++four) append_four(body, part, four);
        body.push_back(Blank{});
        body.push_back(Comment{"The outputs."});
        const SumScaling scaling{kernel_};
        scaling.append_loads(body, "", lanes, [&](int row) {
            return Address{"weights", (Expression(row) * n("channels") + channel) * Expression(4)};
        });
        if (whole_.offsets_weights)
            body.push_back(WholeLoad{"zero", header(HeaderRow::weight_zero, channel), {Element::s32, lanes}});
        for (int pixel = 0; pixel < tile.pixels; ++pixel) {
            if (whole_.offsets_weights)
                body.push_back(WholeCompute{WholeOp::subtract_product, sum_name(pixel), {"zero", inputs_name(pixel)}});
            scaling.append(body, sum_name(pixel), "");
            append_rescaling(body, whole_.outputs[0], sum_name(pixel));
        }
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            body.push_back(store_of(whole_.outputs[0], {"output", Expression(pixel) * output_step(kernel_) + channel},
                                    {sum_name(pixel)}, lanes));
    }

  private:
    static constexpr const char *outside_row = "outside_row", *outside_inputs = "outside";

    int zero() const { return whole_.input_zeros[0]; }
    static std::string ones_name(int four) { return fmt::format("ones_{}", four); }
    static std::string inputs_name(int pixel) { return fmt::format("inputs_p{}", pixel); }

    Address header(HeaderRow row, const Expression& channel) const {
        return {"weights", (Expression(index_of(kernel_, row)) * n("channels") + channel) * Expression(4)};
    }

    int first_row(int four) const { return four * terms_at_once; }
    int end_row(int four) const { return std::min(first_row(four) + terms_at_once, window_.rows.kernel); }

    static bool is_inside(const TapRange& rows, int row) {
        return row >= rows.first_tap && row < rows.first_tap + rows.taps;
    }

    /// Four rows of the window: their weights, then the input columns from left to right, each with all outputs that it
    /// is in; last the columns outside the map, if they add something.
    void append_four(Body& body, const ChannelTile& part, int four) const {
        const auto& [rows, tile, channel, lanes] = part;
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
            const int before = weights_.bias + (tap * fours_ + four) * terms_at_once;
            body.push_back(
                WholeLoad{weight_of(four, tap),
                          {"weights", Expression(before) * n("channels") + channel * Expression(terms_at_once)},
                          {Element::s8, lanes},
                          tile.pixels > 1});
        }
        for (int column : columns) {
            body.push_back(Blank{});
            body.push_back(Comment{fmt::format("{}, input column {} under the tile.", which, column)});
            append_column(body, part, four, column);
        }
        if (zero() != 0) append_outside(body, tile, four);
    }

    bool is_used(const TileRun& tile, int tap) const {
        return zero() != 0 || std::any_of(tile.taps.begin(), tile.taps.end(), [&](const PixelTaps& inside) {
                   return tap >= inside.first_tap && tap < inside.first_tap + inside.taps;
               });
    }

    static std::string weight_of(int four, int tap) { return depthwise_weight_name(four * terms_at_once, tap); }

    void append_column(Body& body, const ChannelTile& part, int four, int column) const {
        const auto& [rows, tile, channel, lanes] = part;
        Interleave node{depthwise_input_name(four * terms_at_once, column), {}, zero() == 0 ? "" : outside_row, lanes};
        for (int row = first_row(four); row < end_row(four); ++row)
            node.rows.push_back(is_inside(rows, row)
                                    ? Address{input_row_name(row), Expression(column) * input_step(kernel_) + channel}
                                    : Address{});
        const std::string in = node.name;
        body.push_back(std::move(node));
        for (int pixel = 0; pixel < tile.pixels; ++pixel) {
            const PixelTaps& inside = tile.taps[std::size_t(pixel)];
            const int distance = column - inside.column;
            if (distance < 0 || distance % window_.columns.dilation ||
                distance / window_.columns.dilation >= inside.taps)
                continue;
            append_products(body, pixel, four, in,
                            weight_of(four, inside.first_tap + distance / window_.columns.dilation));
        }
    }

    void append_outside(Body& body, const TileRun& tile, int four) const {
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            for (int tap = 0; tap < window_.columns.kernel; ++tap) {
                const PixelTaps& inside = tile.taps[std::size_t(pixel)];
                if (tap >= inside.first_tap && tap < inside.first_tap + inside.taps) continue;
                append_products(body, pixel, four, outside_inputs, weight_of(four, tap));
            }
    }

    void append_products(Body& body, int pixel, int four, const std::string& in, const std::string& weight) const {
        body.push_back(MultiplyAdd{sum_name(pixel), in, weight});
        if (whole_.offsets_weights) body.push_back(MultiplyAdd{inputs_name(pixel), in, ones_name(four)});
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
    return lower_channel_windows({kernel, kind.window, kind.pixels, sums.weights(), begin, append}, name, target);
}

}  // namespace

KernelTree lower(const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    if (kernel.whole) return lower_sums(WholeDepthwise(kind, kernel), kind, kernel, name, target);
    return lower_sums(DepthwiseSums(kind, kernel), kind, kernel, name, target);
}

}  // namespace ssdgen
