#include "description/spelling.h"

#include "support/files.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>

using namespace ssdgen;

namespace {

using nlohmann::json;

template <class Words>
json texts(const Words& words) {
    json list = json::array();
    for (const auto& spelling : words) list.push_back(spelling.text);
    return list;
}

/// Every list of words that a value can be, below a part of a JSON Schema.
void collect_lists(const json& schema, std::set<json>& lists) {
    for (const auto& [key, value] : schema.items()) {
        if (key == "enum" && value.at(0).is_string()) lists.insert(value);
        if (value.is_structured()) collect_lists(value, lists);
    }
}

}  // namespace

TEST_CASE("the schema's lists of words are the enumerations of a description, in their order") {
    std::set<json> found;
    collect_lists(json::parse(read_file(std::string(SSDGEN_SOURCE_DIR) + "/configs/network.schema.json")), found);
    const std::set<json> expected{
        texts(channel_roundings), texts(sections),          texts(padding_rules),        texts(pool_roundings),
        texts(activations),       texts(channel_orders),    texts(resize_rules),         texts(layer_kinds),
        texts(prior_conventions), texts(priors_follow_rho), texts(prior_size_roundings), texts(interpolated_boxes),
        texts(score_conversions), texts(classifier_scores), texts(box_orders),           texts(dialects)};
    CHECK(found == expected);
}

TEST_CASE("a word leads back to its enumerator, and no other text to any") {
    for (const auto& spelling : layer_kinds) CHECK(find_word<LayerKind>(spell(spelling.value)) == spelling.value);
    CHECK_FALSE(find_word<LayerKind>("Softmax").has_value());
    CHECK(joined_words<ChannelOrder>() == "gray, rgb, bgr");
}

TEST_CASE("an activation behind other words is told unless there is none") {
    CHECK(activation_suffix("_", Activation::none) == "");
    CHECK(activation_suffix(" ", Activation::relu6) == " relu6");
}

TEST_CASE("gray pictures have one channel, coloured ones three") {
    CHECK(channels_of(ChannelOrder::gray) == 1);
    CHECK(channels_of(ChannelOrder::rgb) == 3);
    CHECK(channels_of(ChannelOrder::bgr) == 3);
}
