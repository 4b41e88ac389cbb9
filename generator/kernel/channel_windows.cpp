#include "kernel/channel_windows.h"

#include "plan/names.h"
#include "plan/packing.h"

#include <fmt/format.h>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

class ChannelLowering {
  public:
    ChannelLowering(const ChannelWindows& windows, const std::string& name, const Target& target)
        : windows_(windows),
          kernel_(windows.kernel),
          window_(windows.window),
          lanes_(vector_unit(target, Element::f32).lanes) {
        tree_.name = name;
        tree_.numbers = shape_numbers(kernel_);
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
            entry.parameters = row_parameters({0, 1, 0, window_.rows.kernel}, true);
            entry.parameters.push_back({ParameterRole::index, "y"});
            entry.body.push_back(std::move(cases));
        } else {
            entry.parameters = {{ParameterRole::input, "input", kernel_.signature.input}};
            if (adds()) entry.parameters.push_back({ParameterRole::input, "addend"});
            entry.parameters.push_back(windows_.weights);
            entry.parameters.push_back({ParameterRole::output, "output", kernel_.signature.output});
            entry.parameters.push_back({ParameterRole::index, "first"});
            entry.parameters.push_back({ParameterRole::index, "end"});
            entry.body.push_back(Loop{"y", n("first"), n("end"), 1, {cases}});
        }
        tree_.functions.push_back(std::move(entry));
        return std::move(tree_);
    }

  private:
    bool adds() const { return kernel_.epilogue.adds_input; }
    bool has_weights() const { return !windows_.weights.name.empty(); }

    /// entry: all kernels are called alike, with weights or without.
    std::vector<Parameter> row_parameters(const TapRange& rows, bool entry = false) const {
        std::vector<Parameter> parameters;
        for (int tap = rows.first_tap; tap < rows.first_tap + rows.taps; ++tap)
            parameters.push_back({ParameterRole::input, input_row_name(tap), kernel_.signature.input});
        if (adds()) parameters.push_back({ParameterRole::input, "addend"});
        if (entry || has_weights()) parameters.push_back(windows_.weights);
        parameters.push_back({ParameterRole::output, "output", kernel_.signature.output});
        return parameters;
    }

    /// With the output's and the addend's pixel `pixel`, and each input row at `input(tap)`.
    template <class Input>
    Call call(const std::string& function, const TapRange& rows, const Input& input, const Expression& pixel) const {
        Call call{function, {}};
        for (int tap = rows.first_tap; tap < rows.first_tap + rows.taps; ++tap) call.arguments.push_back(input(tap));
        if (adds()) call.arguments.push_back({"addend", pixel * addend_step(kernel_)});
        if (has_weights()) call.arguments.push_back({windows_.weights.name, 0});
        call.arguments.push_back({"output", pixel * output_step(kernel_)});
        return call;
    }

    Call call_row(const TapRange& rows, const std::string& function) const {
        if (kernel_.stream_rows) {
            Call call{function, {}};
            for (const Parameter& parameter : row_parameters(rows)) call.arguments.push_back({parameter.name, 0});
            return call;
        }
        const auto input = [&](int tap) {
            const Expression row =
                n("y") * n(row_stride(window_)) - n("pad_top") + Expression(tap * window_.rows.dilation);
            return Address{"input", row * n("input_width") * input_step(kernel_)};
        };
        return call(function, rows, input, n("y") * n("output_width"));
    }

    void add_row_function(const TapRange& rows, const std::string& name) {
        Function function{depthwise_row_name(name), "", row_parameters(rows), {}};
        function.comment = fmt::format("A row of {} outputs whose windows have {} rows inside the map.",
                                       kernel_.output().width, rows.taps);
        const auto taps = row_taps(kernel_.input().width, window_.columns);
        for (const TileRun& tile : cut_row(taps, windows_.pixels)) {
            const std::string callee = add_tile_function(rows, name, tile);
            Loop loop{"tile", 0, tile.count, 1, {}};
            const Expression column =
                n("tile") * Expression(tile.pixels) * n(column_stride(window_)) + Expression(tile.column);
            const auto input = [&](int tap) { return Address{input_row_name(tap), column * input_step(kernel_)}; };
            const Expression pixel = n("tile") * Expression(tile.pixels) + Expression(tile.first);
            loop.body.push_back(call(callee, rows, input, pixel));
            function.body.push_back(std::move(loop));
        }
        tree_.functions.push_back(std::move(function));
    }

    std::string add_tile_function(const TapRange& rows, const std::string& row, const TileRun& tile) {
        const std::string name = depthwise_tile_name(tile.pixels, row, tile.name);
        Function function{
            name, fmt::format("{} outputs side by side, all channels.", tile.pixels), row_parameters(rows), {}};
        windows_.begin(function.body);
        const int channels = kernel_.input().channels;
        for (const ChannelGroup& group : channel_groups(channels, lanes_, windows_.registers)) {
            const int lanes = group.channels / group.registers;
            if (lanes == lanes_) {
                const Expression end =
                    n("channels") - Expression(channels - group.first - group.count * group.channels);
                Loop loop{"c", group.first, end, group.channels, {}};
                windows_.append(loop.body, {rows, tile, n("c"), lanes, group.registers});
                function.body.push_back(std::move(loop));
                continue;
            }
            Body last;
            windows_.append(last, {rows, tile, n("channels") - Expression(lanes), lanes});
            function.body.push_back(Blank{});
            function.body.push_back(Comment{fmt::format("The last {} channels.", lanes)});
            function.body.push_back(Block{std::move(last)});
        }
        tree_.functions.push_back(std::move(function));
        return name;
    }

    const ChannelWindows& windows_;
    const Kernel& kernel_;
    const Window& window_;
    const int lanes_;
    KernelTree tree_;
};

}  // namespace

KernelTree lower_channel_windows(const ChannelWindows& windows, const std::string& name, const Target& target) {
    return ChannelLowering(windows, name, target).lower();
}

}  // namespace ssdgen
