#include "description/read.h"

#include "description/check_references.h"
#include "description/format.h"
#include "description/json_text.h"
#include "description/limits.h"
#include "description/read_parts.h"
#include "description/schema.h"
#include "description/taken_names.h"
#include "description/unusual.h"
#include "support/files.h"
#include "support/sha256.h"

#include <algorithm>
#include <limits>

namespace ssdgen {

namespace {

constexpr double largest_float = std::numeric_limits<float>::max();

std::string read_name(const Value& value) {
    std::string name = read_text(value, network_name_rule());
    if (const auto fault = network_name_fault(name))
        fail_input(at(value.file, value.pointer), "found {}{}; allowed: {}", describe(value.json), *fault,
                   network_name_rule());
    return name;
}

/// Asked before any other key, since a newer format may have others.
void check_format(const Value& value) {
    if (value.json.is_number_unsigned() && value.json > description_format)
        fail_input(at(value.file, value.pointer),
                   "found {}, a newer format; allowed: {}, which this ssdgen reads, or a newer ssdgen",
                   describe(value.json), description_format);
    value.whole(1, description_format);
}

void read_width_multiplier(const Value& value, Description& description) {
    Fields fields(value);
    fields.allow({"rounding", "scales"});
    description.channel_rounding = fields.at("rounding").choice(channel_roundings);
    for (const Value& element : fields.at("scales").list(0, 3, "section names")) {
        const Section section = element.choice(sections);
        auto& scales = description.alpha_scales;
        if (std::find(scales.begin(), scales.end(), section) != scales.end())
            fail_input(at(element.file, element.pointer), "found {} a second time; allowed: each section once",
                       describe(element.json));
        scales.push_back(section);
    }
    fields.finish();
}

InputDescription read_input(const Value& value) {
    Fields fields(value);
    fields.allow({"height", "width", "channels", "order", "mean", "scale", "resize"});
    InputDescription input;
    input.height = fields.at("height").whole(1, limits::side);
    input.width = fields.at("width").whole(1, limits::side);
    input.order = fields.at("order").choice(channel_orders);
    const int channels = channels_of(input.order);
    input.channels = fields.at("channels").whole(1, limits::picture_channels);
    if (input.channels != channels)
        fields.at("channels").fail(fmt::format("{}, as the order is \"{}\"", channels, spell(input.order)));
    const auto count = static_cast<std::size_t>(channels);
    const std::string numbers = channels == 1 ? "number (one a channel)" : "numbers (one a channel)";
    for (const Value& mean : fields.at("mean").list(count, count, numbers))
        input.mean.push_back(mean.real({-largest_float, largest_float, false}));
    for (const Value& scale : fields.at("scale").list(count, count, numbers))
        input.scale.push_back(scale.real({0, largest_float, true}));
    input.resize = fields.at("resize").choice(resize_rules);
    fields.finish();
    return input;
}

Description read_document(const Value& value) {
    Fields fields(value);
    if (fields.has("format")) check_format(fields.at("format"));
    fields.allow({"$schema", "format", "name", "alpha", "rho", "width_multiplier", "padding", "activation",
                  "batch_norm", "input", "backbone", "extras", "classifier", "scores", "head"});
    Description description;
    description.file = value.file;
    if (fields.has("$schema")) read_text(fields.at("$schema"), "the path of network.schema.json, for editors");
    description.name = read_name(fields.at("name"));
    if (fields.has("alpha")) description.alpha = fields.at("alpha").number({0, 1, true});
    if (fields.has("rho")) description.rho = fields.at("rho").number({0, 1, true});
    read_width_multiplier(fields.at("width_multiplier"), description);
    const NetworkDefaults defaults{fields.at("padding").choice(padding_rules),
                                   fields.at("activation").choice(activations)};
    if (fields.has("batch_norm")) {
        Fields batch_norm(fields.at("batch_norm"));
        batch_norm.allow({"epsilon"});
        description.batch_norm_epsilon = batch_norm.at("epsilon").real({0, 1, true});
        batch_norm.finish();
    }
    description.input = read_input(fields.at("input"));
    description.backbone = read_layers(fields.at("backbone"), defaults);
    if (fields.has("extras")) description.extras = read_layers(fields.at("extras"), defaults);
    if (fields.has("classifier")) description.classifier = read_layers(fields.at("classifier"), defaults);
    if (fields.has("scores")) description.scores = fields.at("scores").choice(classifier_scores);
    if (fields.has("head")) description.head = read_head(fields.at("head"), defaults);
    fields.finish();
    return description;
}

}  // namespace

std::optional<std::string> network_name_fault(const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    if (name.empty() || name.size() > limits::network_name_length || !is_letter(name[0]) ||
        !std::all_of(name.begin(), name.end(), fits))
        return "";
    const std::string taken = taken_by(name);
    if (taken.empty()) return std::nullopt;
    return ", " + taken;
}

std::string network_name_rule() {
    return fmt::format(
        "a C identifier that starts with a letter, at most {} characters, which nothing else in C, C++, POSIX, CMake "
        "or the emitted folder is called",
        limits::network_name_length);
}

std::string read_text(const Value& value, const std::string& allowed) {
    if (!value.json.is_string()) value.fail(allowed);
    return value.json.get<std::string>();
}

Description read_description(const std::string& path) {
    const std::string text = read_file(path);
    Description description = parse_description(text, path);
    description.sha256 = sha256_of(text);
    warn_unusual_input(description.input, at(path, "/input/mean"), at(path, "/input/scale"));
    warn_unusual(description);
    return description;
}

Description parse_description(const std::string& text, const std::string& file) {
    const nlohmann::json document = parse_json(text, file);
    Description description = read_document({document, file, ""});
    check_references(description);
    // What the reader takes, the schema takes; a difference between the two is a fault of ours, not of the input.
    const std::string objection = schema_objection(document);
    check(objection.empty(), fmt::format("{} fits network.schema.json: {}", file, objection));
    return description;
}

}  // namespace ssdgen
