#include "plan/candidates.h"

#include <algorithm>

namespace ssdgen {

namespace {

std::vector<ScheduleChoice> depthwise_candidates(const Target& target, const LayerShape& shape) {
    const int row = shape.output_width;
    const int model = schedule_depthwise_pixels(target, shape.window, row);
    const int most = std::min(row, most_depthwise_pixels(target, shape.window.kernel_width));
    std::vector<ScheduleChoice> choices;
    for (int pixels : {6, 4, 5, 7, 10, 12, 3, 8, 2, 1})
        if (pixels != model && pixels <= most) choices.push_back({0, pixels, 0});
    return choices;
}

/// What the model takes if so many rows are computed at a time, as a choice.
ScheduleChoice with_rows(const Target& target, const LayerShape& shape, int rows, int taps) {
    ScheduleChoice choice{0, 0, rows};
    for (const ChannelBlock& block : schedule_blocks(target, shape.output_channels, tile_row(shape, rows), taps))
        if (block.vectors > choice.vectors) choice = {block.vectors, block.pixels, rows};
    return choice;
}

}  // namespace

std::vector<ScheduleChoice> schedule_candidates(const Target& target, const LayerShape& shape) {
    if (shape.kind == LayerShape::Kind::depthwise) return depthwise_candidates(target, shape);
    const int taps = shape.window.kernel_height * shape.window.kernel_width * shape.input.channels;
    std::vector<ScheduleChoice> choices;
    int rows = 0;
    if (shape.stream && shape.kind == LayerShape::Kind::pointwise) {
        const Shape output{shape.output_height, shape.output_width, shape.output_channels[0]};
        rows = schedule_stream_rows(target, output, shape.input.channels);
        // Rows that are kept take memory, and weights read once for 128 pixels cost nothing already.
        const int twice = std::min(2 * rows, shape.output_height);
        if (twice > rows && twice * shape.output_width <= 128) choices.push_back(with_rows(target, shape, twice, taps));
        if (rows > 1) choices.push_back(with_rows(target, shape, rows / 2, taps));
    }
    for (ScheduleChoice choice : tile_candidates(target, shape.output_channels, tile_row(shape, rows), taps)) {
        choice.stream_rows = rows;
        choices.push_back(choice);
    }
    return choices;
}

}  // namespace ssdgen
