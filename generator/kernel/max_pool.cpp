#include "kernel/channel_windows.h"
#include "kernel/lower.h"
#include "plan/names.h"

#include <fmt/format.h>

#include <set>

namespace ssdgen {

namespace {

Expression n(const char* name) { return Expression::name(name); }

TreeNode load(const Kernel& kernel, const std::string& name, const Address& address, int lanes, bool keep = false) {
    if (kernel.whole) return WholeLoad{name, address, {Element::u8, lanes}, keep};
    return Load{name, address, lanes, keep};
}

TreeNode store(const Kernel& kernel, const Address& address, const std::string& name, int lanes) {
    if (kernel.whole) return WholeStore{address, {name}, lanes};
    return Store{address, name, lanes};
}

/// A column under a tile, from top to bottom: the maximum of its rows.
void append_column(Body& body, const Kernel& kernel, const ChannelTile& part, int column, bool shared) {
    const std::string name = column_name(column);
    const Expression at = Expression(column) * input_step(kernel) + part.channel;
    const int first = part.rows.first_tap, end = first + part.rows.taps;
    body.push_back(load(kernel, name, {input_row_name(first), at}, part.lanes, shared && part.rows.taps == 1));
    for (int row = first + 1; row < end; ++row) {
        const std::string in = depthwise_input_name(row, column);
        body.push_back(load(kernel, in, {input_row_name(row), at}, part.lanes));
        body.push_back(Arithmetic{Operator::maximum, name, name, in});
    }
}

/// The columns from left to right, each with all outputs that it is in. An output begins as its first column, so that
/// it is the maximum of the same values in the same order whatever the tile.
void append_maxima(Body& body, const Kernel& kernel, const Window& window, const ChannelTile& part) {
    const TileRun& tile = part.columns;
    const int dilation = window.columns.dilation;
    std::set<int> columns;
    for (const PixelTaps& pixel : tile.taps)
        for (int tap = 0; tap < pixel.taps; ++tap) columns.insert(pixel.column + tap * dilation);
    for (int column : columns) {
        std::vector<int> users;
        for (int pixel = 0; pixel < tile.pixels; ++pixel) {
            const PixelTaps& inside = tile.taps[std::size_t(pixel)];
            const int distance = column - inside.column;
            if (distance >= 0 && distance % dilation == 0 && distance / dilation < inside.taps) users.push_back(pixel);
        }
        if (column != *columns.begin()) body.push_back(Blank{});
        body.push_back(Comment{fmt::format("Input column {} under the tile, window rows {} to {}.", column,
                                           part.rows.first_tap, part.rows.first_tap + part.rows.taps - 1)});
        append_column(body, kernel, part, column, users.size() > 1);
        for (int pixel : users) {
            const std::string most = maximum_name(pixel);
            if (column == tile.taps[std::size_t(pixel)].column)
                body.push_back(Copy{most, column_name(column)});
            else
                body.push_back(Arithmetic{Operator::maximum, most, most, column_name(column)});
        }
    }
    body.push_back(Blank{});
    body.push_back(Comment{"The outputs."});
    for (int pixel = 0; pixel < tile.pixels; ++pixel)
        body.push_back(store(kernel, {"output", Expression(pixel) * output_step(kernel) + part.channel},
                             maximum_name(pixel), part.lanes));
}

/// One vector of channels of the only output, whose window is the map.
void append_whole_map(Body& body, const Kernel& kernel, const Expression& channel, int lanes) {
    const std::string most = maximum_name(0);
    body.push_back(load(kernel, most, {"input", channel}, lanes));
    Body next{load(kernel, "in", {"input", n("pixel") * input_step(kernel) + channel}, lanes),
              Arithmetic{Operator::maximum, most, most, "in"}};
    body.push_back(Loop{"pixel", 1, n("input_height") * n("input_width"), 1, std::move(next)});
    body.push_back(store(kernel, {"output", channel}, most, lanes));
}

KernelTree lower_whole_map(const Kernel& kernel, const std::string& name, const Target& target) {
    KernelTree tree;
    tree.name = name;
    tree.numbers = shape_numbers(kernel);
    const int lanes = vector_unit(target, Element::f32).lanes;
    const int rest = kernel.input().channels % lanes;
    const Expression last = n("channels") - Expression(rest);
    Body maxima;
    if (kernel.input().channels >= lanes) {
        Loop channels{"c", 0, last, lanes, {}};
        append_whole_map(channels.body, kernel, n("c"), lanes);
        maxima.push_back(std::move(channels));
    }
    if (rest) {
        Body body;
        append_whole_map(body, kernel, last, rest);
        maxima.push_back(Blank{});
        maxima.push_back(Comment{fmt::format("The last {} channels.", rest)});
        maxima.push_back(Block{std::move(body)});
    }
    Function entry{name, "", {}, {}};
    entry.parameters = {{ParameterRole::input, "input", kernel.signature.input},
                        {ParameterRole::weights, ""},
                        {ParameterRole::output, "output", kernel.signature.output},
                        {ParameterRole::index, "first"},
                        {ParameterRole::index, "end"}};
    // Its row is the only unit of work: none is left for a second thread.
    entry.body.push_back(Loop{"y", n("first"), n("end"), 1, std::move(maxima)});
    tree.functions.push_back(std::move(entry));
    return tree;
}

/// Large windows without a border, which are worth a loop.
bool covers_map(const Window& window, const Shape& map) {
    return window.rows.kernel == map.height && window.columns.kernel == map.width && !is_padded(window);
}

}  // namespace

KernelTree lower(const MaxPoolKernel& kind, const Kernel& kernel, const std::string& name, const Target& target) {
    if (covers_map(kind.window, kernel.input()) && !kernel.stream_rows) return lower_whole_map(kernel, name, target);
    const Parameter none{ParameterRole::weights, ""};
    const auto begin = [](Body&) {};
    const auto append = [&](Body& body, const ChannelTile& part) { append_maxima(body, kernel, kind.window, part); };
    return lower_channel_windows({kernel, kind.window, kind.pixels, 1, none, begin, append}, name, target);
}

}  // namespace ssdgen
