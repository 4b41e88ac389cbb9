#include "kernel/lower.h"
#include "kernel/pieces.h"
#include "plan/names.h"
#include "plan/windows.h"

#include <fmt/format.h>

#include <set>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

class DepthwiseLowering {
  public:
    DepthwiseLowering(const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target)
        : kernel_(kernel),
          pixels_(kind.pixels),
          lanes_(vector_unit(target, Element::f32).lanes),
          window_(kind.window),
          weights_(view_weights(kernel)) {
        tree_.name = name;
        tree_.numbers = {{"output_height", kernel.output().height, ""}, {"output_width", kernel.output().width, ""},
                         {"input_width", kernel.input().width, ""},     {"channels", kernel.input().channels, ""},
                         {"stride", window_.rows.stride, ""},           {"pad_top", window_.rows.before, ""}};
        add_step(kernel.inputs[0], "input_step");
        if (adds()) add_step(kernel.inputs.at(1), "addend_step");
        add_step(kernel.outputs[0], "output_step");
    }

    KernelTree lower() {
        const auto ranges = tap_ranges(kernel_.input().height, window_.rows);
        Cases cases{"y", {}};
        for (std::size_t index = 0; index < ranges.size(); ++index) {
            const TapRange& rows = ranges[index];
            const std::string name = range_name(index, ranges.size(), "top", "middle", "bottom");
            add_row_function(rows, name);
            const int end = rows.first + rows.count;
            cases.cases.push_back(
                {row_bound(end, kernel_.output().height), {call_row(rows, depthwise_row_name(name))}});
        }
        Function entry{tree_.name, "", {}, {}};
        if (kernel_.stream_rows) {
            entry.parameters = row_parameters({0, 1, 0, window_.rows.kernel});
            entry.parameters.push_back({ParameterRole::index, "y"});
            entry.body.push_back(std::move(cases));
        } else {
            entry.parameters = {{ParameterRole::input, "input"}};
            if (adds()) entry.parameters.push_back({ParameterRole::input, "addend"});
            entry.parameters.push_back(weights_.parameter());
            entry.parameters.push_back({ParameterRole::output, "output"});
            entry.parameters.push_back({ParameterRole::index, "first"});
            entry.parameters.push_back({ParameterRole::index, "end"});
            entry.body.push_back(Loop{"y", n("first"), n("end"), 1, {cases}});
        }
        tree_.functions.push_back(std::move(entry));
        return std::move(tree_);
    }

  private:
    bool adds() const { return kernel_.epilogue.adds_input; }

    /// Numbers from a pixel to the next, which have a name of their own where there is something between.
    void add_step(const MapView& map, const char* name) {
        if (!map.is_dense()) tree_.numbers.push_back({name, map.pixel_stride, "from a pixel to the next"});
    }
    static Expression step(const MapView& map, const char* name) { return n(map.is_dense() ? "channels" : name); }
    Expression input_step() const { return step(kernel_.inputs[0], "input_step"); }
    Expression addend_step() const { return step(kernel_.inputs.at(1), "addend_step"); }
    Expression output_step() const { return step(kernel_.outputs[0], "output_step"); }

    std::vector<Parameter> row_parameters(const TapRange& rows) const {
        std::vector<Parameter> parameters;
        for (int tap = rows.first_tap; tap < rows.first_tap + rows.taps; ++tap)
            parameters.push_back({ParameterRole::input, input_row_name(tap)});
        if (adds()) parameters.push_back({ParameterRole::input, "addend"});
        parameters.push_back(weights_.parameter());
        parameters.push_back({ParameterRole::output, "output"});
        return parameters;
    }

    Call call_row(const TapRange& rows, const std::string& function) const {
        Call call{function, {}};
        if (kernel_.stream_rows) {
            for (const Parameter& parameter : row_parameters(rows)) call.arguments.push_back({parameter.name, 0});
            return call;
        }
        for (int tap = rows.first_tap; tap < rows.first_tap + rows.taps; ++tap)
            call.arguments.push_back(
                {"input", (n("y") * n("stride") - n("pad_top") + Expression(tap * window_.rows.dilation)) *
                              n("input_width") * input_step()});
        const Expression row = n("y") * n("output_width");
        if (adds()) call.arguments.push_back({"addend", row * addend_step()});
        call.arguments.push_back({"weights", 0});
        call.arguments.push_back({"output", row * output_step()});
        return call;
    }

    void add_row_function(const TapRange& rows, const std::string& name) {
        Function function{depthwise_row_name(name), "", row_parameters(rows), {}};
        function.comment = fmt::format("A row of {} outputs whose windows have {} rows inside the map.",
                                       kernel_.output().width, rows.taps);
        const auto taps = row_taps(kernel_.input().width, window_.columns);
        for (const TileRun& tile : cut_row(taps, pixels_)) {
            const std::string callee = add_tile_function(rows, name, tile);
            Loop loop{"tile", 0, tile.count, 1, {}};
            Call call{callee, {}};
            const Expression column =
                n("tile") * Expression(tile.pixels * window_.columns.stride) + Expression(tile.column);
            for (int tap = rows.first_tap; tap < rows.first_tap + rows.taps; ++tap)
                call.arguments.push_back({input_row_name(tap), column * input_step()});
            const Expression pixel = n("tile") * Expression(tile.pixels) + Expression(tile.first);
            if (adds()) call.arguments.push_back({"addend", pixel * addend_step()});
            call.arguments.push_back({"weights", 0});
            call.arguments.push_back({"output", pixel * output_step()});
            loop.body.push_back(std::move(call));
            function.body.push_back(std::move(loop));
        }
        tree_.functions.push_back(std::move(function));
    }

    std::string add_tile_function(const TapRange& rows, const std::string& row, const TileRun& tile) {
        const std::string name = depthwise_tile_name(tile.pixels, row, tile.name);
        Function function{
            name, fmt::format("{} outputs side by side, all channels.", tile.pixels), row_parameters(rows), {}};
        append_activation_constants(function.body, kernel_.epilogue.activation);
        append_biases(function.body);
        const int rest = kernel_.input().channels % lanes_;
        const Expression end = n("channels") - Expression(rest);
        Loop loop{"c", 0, end, lanes_, {}};
        append_channels(loop.body, rows, tile, n("c"), lanes_);
        if (kernel_.input().channels >= lanes_) function.body.push_back(std::move(loop));
        if (rest) {
            Body last;
            append_channels(last, rows, tile, end, rest);
            function.body.push_back(Blank{});
            function.body.push_back(Comment{fmt::format("The last {} channels.", rest)});
            function.body.push_back(Block{std::move(last)});
        }
        tree_.functions.push_back(std::move(function));
        return name;
    }

    /// Bytes are walked over in two strides, of biases and of weights. GCC 12 makes one address from the other then,
    /// and takes the function for one that writes nothing, unless it has two pointers.
    bool has_biases() const { return weights_.pointer != Element::f32; }
    std::string biases() const { return has_biases() ? "biases" : "weights"; }
    void append_biases(Body& body) const {
        if (!has_biases()) return;
        body.push_back(Pointer{biases(), {"weights", 0}});
        body.push_back(Renew{biases()});
    }

    /// One vector of channels from `channel` on.
    void append_channels(Body& body, const TapRange& rows, const TileRun& tile, const Expression& channel,
                         int lanes) const {
        body.push_back(Load{sum_name(0), {biases(), channel * Expression(weights_.bias)}, lanes});
        for (int pixel = 1; pixel < tile.pixels; ++pixel) body.push_back(Copy{sum_name(pixel), sum_name(0)});
        for (int row = rows.first_tap; row < rows.first_tap + rows.taps; ++row) {
            body.push_back(Blank{});
            append_window_row(body, tile, row, channel, lanes);
        }
        body.push_back(Blank{});
        for (int pixel = 0; adds() && pixel < tile.pixels; ++pixel) {
            body.push_back(Load{addend_name(pixel), {"addend", Expression(pixel) * addend_step() + channel}, lanes});
            body.push_back(Arithmetic{Operator::add, sum_name(pixel), sum_name(pixel), addend_name(pixel)});
        }
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            append_activation(body, kernel_.epilogue.activation, sum_name(pixel));
        for (int pixel = 0; pixel < tile.pixels; ++pixel)
            body.push_back(Store{{"output", Expression(pixel) * output_step() + channel}, sum_name(pixel), lanes});
    }

    /// One row of the window: its weights, then the input columns from left to right, each with all outputs that it is
    /// in.
    void append_window_row(Body& body, const TileRun& tile, int row, const Expression& channel, int lanes) const {
        std::set<int> columns, taps;
        for (const PixelTaps& pixel : tile.taps)
            for (int tap = 0; tap < pixel.taps; ++tap) {
                taps.insert(pixel.first_tap + tap);
                columns.insert(pixel.column + tap * window_.columns.dilation);
            }
        for (int tap : taps) {
            const int before = weights_.bias + (row * window_.columns.kernel + tap) * weights_.weight;
            body.push_back(Load{depthwise_weight_name(row, tap),
                                {"weights", Expression(before) * n("channels") + channel * Expression(weights_.weight)},
                                {weights_.element, lanes},
                                tile.pixels > 1});
        }
        for (int column : columns) {
            const std::string in = depthwise_input_name(row, column);
            const std::size_t load = body.size();
            body.push_back(Load{in, {input_row_name(row), Expression(column) * input_step() + channel}, lanes});
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
    const int pixels_;
    const int lanes_;
    const Window& window_;
    const WeightsView weights_;
    KernelTree tree_;
};

}  // namespace

KernelTree lower(const DepthwiseKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    return DepthwiseLowering(kind, kernel, name, target).lower();
}

}  // namespace ssdgen
