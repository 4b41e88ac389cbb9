#include "description/limits.h"

#include "description/format.h"
#include "support/files.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <map>
#include <set>
#include <string>

using namespace ssdgen;

namespace {

using Bounds = std::map<std::string, std::set<double>>;  // by "KEY KEYWORD", the key without those around it

/// All upper bounds below a part of a JSON Schema; owner: the key that the part describes, names: whether the part's
/// members are keys.
void collect_bounds(const nlohmann::json& schema, const std::string& owner, bool names, Bounds& bounds) {
    for (const auto& [key, value] : schema.items()) {
        const bool is_key = names && schema.is_object();
        if (!is_key && value.is_number() && (key == "maximum" || key == "maxItems" || key == "maxLength"))
            bounds[owner + " " + key].insert(value.get<double>());
        if (!value.is_structured()) continue;
        const bool holds_keys = !is_key && (key == "properties" || key == "definitions");
        collect_bounds(value, is_key ? key : owner, holds_keys, bounds);
    }
}

constexpr double largest_float = std::numeric_limits<float>::max();

const Bounds expected{
    {"name maxLength", {limits::network_name_length}},
    {"layer_name maxLength", {limits::layer_name_length}},
    {"format maximum", {description_format}},
    {"alpha maximum", {1}},
    {"rho maximum", {1}},
    {"scales maxItems", {3}},
    {"epsilon maximum", {1}},
    {"height maximum", {limits::side}},
    {"width maximum", {limits::side}},
    {"channels maximum", {limits::picture_channels, limits::layer_channels}},
    {"mean maximum", {largest_float}},
    {"mean maxItems", {1, limits::picture_channels}},
    {"scale maximum", {largest_float}},
    {"scale maxItems", {1, limits::picture_channels}},
    {"kernel maximum", {limits::window}},
    {"kernel maxItems", {2}},
    {"stride maximum", {limits::window}},
    {"stride maxItems", {2}},
    {"dilation maximum", {limits::window}},
    {"dilation maxItems", {2}},
    {"pad maximum", {limits::window}},
    {"pad maxItems", {4}},
    {"inputs maxItems", {limits::layer_inputs}},
    {"offset maximum", {1}},
    {"min_scale maximum", {limits::prior_scale}},
    {"max_scale maximum", {limits::prior_scale}},
    {"aspect_ratios maximum", {limits::aspect_ratio}},
    {"aspect_ratios maxItems", {limits::boxes}},
    {"interpolated_scale_aspect_ratio maximum", {limits::aspect_ratio}},
    {"boxes maximum", {limits::boxes}},
    {"min_sizes maximum", {limits::prior_size}},
    {"min_sizes maxItems", {limits::boxes}},
    {"max_sizes maximum", {limits::prior_size}},
    {"max_sizes maxItems", {limits::boxes}},
    {"step maximum", {limits::prior_size}},
    {"step maxItems", {2}},
    {"classes maximum", {limits::classes}},
    {"background maximum", {limits::classes - 1}},
    {"variances maximum", {limits::variance}},
    {"variances maxItems", {4}},
    {"score_threshold maximum", {1}},
    {"iou_threshold maximum", {1}},
    {"top_k maximum", {limits::detections}},
    {"keep_top_k maximum", {limits::detections}},
    {"eta maximum", {1}},
    {"max_detections maximum", {limits::detections}},
    {"max_classes_per_detection maximum", {limits::classes}},
    {"detections_per_class maximum", {limits::detections}},
};

}  // namespace

TEST_CASE("every upper bound in the schema is the limit that the reader holds") {
    const auto schema =
        nlohmann::json::parse(read_file(std::string(SSDGEN_SOURCE_DIR) + "/configs/network.schema.json"));
    Bounds found;
    collect_bounds(schema, "", false, found);
    for (const auto& [key, values] : expected) {
        CAPTURE(key);
        CHECK(found[key] == values);
    }
    for (const auto& [key, values] : found) {
        CAPTURE(key);
        CHECK(expected.count(key) == 1);
    }
    CHECK(schema.at("/definitions/head/properties/kernel/enum"_json_pointer).back() == limits::head_kernel);
    CHECK(schema.at("/definitions/input/properties/channels/maximum"_json_pointer) == limits::picture_channels);
}
