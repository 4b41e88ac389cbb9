#include "plan/schedule/candidates.h"

#include <algorithm>

namespace ssdgen {

namespace {

std::vector<ScheduleChoice> depthwise_candidates(const Target& target, const LayerShape& shape) {
    const int row = shape.output_width;
    const int model = schedule_depthwise_pixels(target, shape.window, row, shape.input.channels);
    const int most = std::min(row, most_depthwise_pixels(target, shape.window.columns.kernel));
    std::vector<ScheduleChoice> choices;
    for (int pixels : {6, 4, 5, 7, 10, 12, 3, 8, 2, 1})
        if (pixels != model && pixels <= most) choices.push_back({0, pixels, 0});
    return choices;
}

}  // namespace

std::vector<ScheduleChoice> schedule_candidates(const Target& target, const LayerShape& shape) {
    if (shape.kind == LayerShape::Kind::depthwise) return depthwise_candidates(target, shape);
    std::vector<ScheduleChoice> choices;
    // The rows that a stage of a stream makes at a time stay the model's: they decide how much memory a network needs.
    const Shape output{shape.output_height, shape.output_width, shape.output_channels[0]};
    const bool in_rows = shape.stream && shape.kind == LayerShape::Kind::pointwise;
    const int rows = in_rows ? schedule_stream_rows(target, output, shape.input.channels) : 0;
    for (ScheduleChoice choice : tile_candidates(target, shape.output_channels, tile_row(shape, rows))) {
        choice.stream_rows = rows;
        choices.push_back(choice);
    }
    return choices;
}

}  // namespace ssdgen
