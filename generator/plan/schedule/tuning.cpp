#include "plan/schedule/tuning.h"

#include "description/fields.h"
#include "description/json_text.h"
#include "plan/kernels.h"
#include "plan/schedule/shape_name.h"
#include "support/error.h"
#include "support/files.h"
#include "support/sha256.h"
#include "target/table.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

namespace ssdgen {

extern std::string_view embedded_tuning(std::string_view path);  // embed.cmake makes it

namespace {

/// The choice for one layer of the file.
ScheduleChoice read_choice(const Value& value, const LayerShape& shape, const Target& target) {
    Fields fields(value);
    ScheduleChoice choice;
    if (shape.kind == LayerShape::Kind::depthwise) {
        fields.allow({"pixels"}, "a depthwise layer");
        const int most = std::min(tile_row(shape, 0), most_depthwise_pixels(target, shape.window.columns.kernel));
        choice.pixels = fields.at("pixels").whole(1, most);
        return choice;
    }
    const bool takes_rows = shape.stream && shape.kind == LayerShape::Kind::pointwise;
    if (takes_rows) {
        fields.allow({"pixels", "stream_rows", "vectors"}, "a pointwise layer in a stream");
        choice.stream_rows = fields.at("stream_rows").whole(1, shape.output_height);
    } else {
        fields.allow({"pixels", "vectors"}, "a convolution");
    }
    choice.vectors = fields.at("vectors").whole(1, 4);
    const int most = std::min(tile_row(shape, choice.stream_rows), most_pixels(target, choice.vectors));
    choice.pixels = fields.at("pixels").whole(1, most);
    return choice;
}

}  // namespace

int tile_row(const LayerShape& shape, int stream_rows) {
    if (shape.kind != LayerShape::Kind::pointwise) return shape.output_width;
    const std::int64_t pixels = std::int64_t(shape.output_width) * (shape.stream ? stream_rows : shape.output_height);
    return int(std::min<std::int64_t>(pixels, std::numeric_limits<int>::max()));  // a file may say anything
}

std::optional<ScheduleChoice> Tuning::choice(const Kernel& kernel) const {
    if (layers.empty()) return {};
    const auto shape = layer_shape(kernel);
    const auto found = shape ? layers.find(shape_name(*shape)) : layers.end();
    return found == layers.end() ? std::nullopt : std::optional(found->second);
}

Tuning parse_tuning(const std::string& text, const std::string& file, const Target& target) {
    const nlohmann::json document = parse_json(text, file);
    Fields fields({document, file, ""});
    fields.allow({"target", "layers"});
    const Value name = fields.at("target");
    if (!name.json.is_string() || name.json != target.name) name.fail(fmt::format("\"{}\"", target.name));
    const Value layers = fields.at("layers");
    if (!layers.json.is_object()) layers.fail("an object");
    Tuning tuning;
    for (const auto& [key, value] : layers.json.items()) {
        const std::string pointer = pointer_to(layers.pointer, key);
        const auto shape = parse_shape_name(key);
        if (!shape)
            fail_input(
                at(file, pointer),
                "names no layer shape; allowed: one as ssdgen tune writes it, such as \"pointwise 19x19x512 to 512\"");
        tuning.layers[key] = read_choice({value, file, pointer}, *shape, target);
    }
    return tuning;
}

Tuning read_tuning(const std::string& path, const Target& target) {
    const std::string text = read_file(path);
    Tuning tuning = parse_tuning(text, path, target);
    tuning.sha256 = sha256_of(text);
    return tuning;
}

Tuning built_in_tuning(const Target& target) {
    const std::string file = fmt::format("{}.json", target.name);
    if (const std::string_view text = embedded_tuning(file); !text.empty())
        return parse_tuning(std::string(text), "configs/tuning/" + file, target);
    return target.floats_as.empty() ? Tuning{} : built_in_tuning(find_target(target.floats_as));
}

std::string tuning_text(const Tuning& tuning, const Target& target) {
    std::string lines;
    for (const auto& [name, choice] : tuning.layers) {
        nlohmann::json values = {{"pixels", choice.pixels}};
        if (choice.vectors) values["vectors"] = choice.vectors;
        if (choice.stream_rows) values["stream_rows"] = choice.stream_rows;
        lines += fmt::format("{}\n    {}: {}", lines.empty() ? "" : ",", nlohmann::json(name).dump(), values.dump());
    }
    return fmt::format("{{\n  \"target\": \"{}\",\n  \"layers\": {{{}{}}}\n}}\n", target.name, lines,
                       lines.empty() ? "" : "\n  ");
}

}  // namespace ssdgen
