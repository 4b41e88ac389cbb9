#include "kernel/channel_windows.h"
#include "kernel/lower.h"
#include "plan/names.h"

#include <fmt/format.h>

#include <set>

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

}  // namespace

KernelTree lower(const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    const DepthwiseSums sums(kind, kernel);
    const auto begin = [&](Body& body) { sums.begin(body); };
    const auto append = [&](Body& body, const ChannelTile& part) { sums.append(body, part); };
    return lower_channel_windows({kernel, kind.window, kind.pixels, sums.weights(), begin, append}, name, target);
}

}  // namespace ssdgen
