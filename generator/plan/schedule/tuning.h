#pragma once

#include "plan/kernel.h"
#include "plan/schedule/schedule.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// What the choice of a layer's schedule depends on. Activation and padding are left out: they touch a tile at its end
/// and at the map's borders only, and Caffe's networks differ from TensorFlow's in little else.
struct LayerShape {
    enum class Kind { pointwise, convolution, picture, depthwise };
    Kind kind = Kind::pointwise;
    Shape input;
    Window window;  // without its pads
    int output_height = 0;
    int output_width = 0;
    std::vector<int> output_channels;  // one an output
    bool stream = false;               // as a stage of a stream
    bool whole = false;                // of whole numbers
};

constexpr const char* word(LayerShape::Kind kind) {
    switch (kind) {
        case LayerShape::Kind::pointwise: return "pointwise";
        case LayerShape::Kind::convolution: return "convolution";
        case LayerShape::Kind::picture: return "picture";
        case LayerShape::Kind::depthwise: return "depthwise";
    }
    return nullptr;
}

/// What names a shape in a tuning file, for example
///
///     pointwise 19x19x512 to 512                                 height x width x channels
///     pointwise 10x10x512 to 24+126                              joined heads
///     depthwise 150x150x64 3x3 stride 2 to 75x75x64 stream
///     convolution 10x10x256 3x3 stride 2 dilation 2 to 5x5x512
///     picture 300x300x3 3x3 stride 2 to 150x150x32 stream        the convolution that reads bytes
///     int8 pointwise 19x19x512 to 512                            of whole numbers
std::string shape_name(const LayerShape& shape);

/// Neighbouring output pixels that a tile can be taken from, if a pointwise in a stream makes so many rows at a time.
int tile_row(const LayerShape& shape, int stream_rows);

/// Schedules that were measured to be faster than the model's, on one target: shape name -> choice.
struct Tuning {
    std::map<std::string, ScheduleChoice> layers;
    std::string sha256{};  // of the file, if it was read from one

    std::optional<ScheduleChoice> choice(const Kernel& kernel) const;
};

/// Reads the text of a tuning file, called `file` in messages:
///
///     {"target": "x86-64-v4", "layers": {"pointwise 19x19x512 to 512": {"pixels": 9, "vectors": 3}, ...}}
///
/// InputError if it is for another target, or for a name, key or value that is wrong (a tile that the target's
/// registers or the map cannot hold among them).
Tuning parse_tuning(const std::string& text, const std::string& file, const Target& target);
Tuning read_tuning(const std::string& path, const Target& target);

/// configs/tuning/TARGET.json as it was when ssdgen was built; empty for a target without one.
Tuning built_in_tuning(const Target& target);

/// The text of a tuning file: names in order, a line each.
std::string tuning_text(const Tuning& tuning, const Target& target);

}  // namespace ssdgen
