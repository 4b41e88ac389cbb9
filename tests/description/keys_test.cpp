#include "documents.h"
#include "support/files.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace ssdgen;

namespace {

using nlohmann::json;
using Pointer = json::json_pointer;

/// An object of a description, and the part of the schema that describes it.
struct Object {
    const char* pointer;
    const char* schema;
};

const Object caffe_objects[] = {{"", ""},
                                {"/width_multiplier", "/properties/width_multiplier"},
                                {"/batch_norm", "/properties/batch_norm"},
                                {"/input", "/definitions/input"},
                                {"/head", "/definitions/head"},
                                {"/head/box_code", "/definitions/head/properties/box_code"},
                                {"/head/priors", "/definitions/priors_caffe"},
                                {"/head/sources/0", "/definitions/source_caffe"},
                                {"/head/post_processing", "/definitions/post_caffe-ssd"}};
const Object fast_objects[] = {{"/head/priors", "/definitions/priors_tensorflow"},
                               {"/head/sources/0", "/definitions/source"},
                               {"/head/post_processing", "/definitions/post_tflite-fast"}};
const Object regular_objects[] = {{"/head/priors", "/definitions/priors_table"},
                                  {"/head/sources/0", "/definitions/source"},
                                  {"/head/post_processing", "/definitions/post_tflite-regular"}};

json schema() { return json::parse(read_file(std::string(SSDGEN_SOURCE_DIR) + "/configs/network.schema.json")); }

/// The keys that the reader allows in an object: those that its message names for an unknown one.
std::vector<std::string> allowed_keys(json document, const Pointer& pointer) {
    document[pointer]["no key"] = 1;
    const std::string message = message_of(document.dump());
    REQUIRE(message.find("unknown key") != std::string::npos);
    std::vector<std::string> keys;
    for (std::size_t place = message.find("; allowed: "); (place = message.find('"', place)) != std::string::npos;) {
        const std::size_t end = message.find('"', place + 1);
        keys.push_back(message.substr(place + 1, end - place - 1));
        place = end + 1;
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

/// What the schema and the reader have to agree in, object by object.
template <std::size_t count>
void compare(const json& document, const Object (&objects)[count]) {
    REQUIRE(message_of(document.dump()) == "read without an error");
    for (const Object& object : objects) {
        CAPTURE(object.schema);
        const json part = schema().at(Pointer(object.schema));
        std::vector<std::string> keys;
        for (const auto& [key, value] : part.at("properties").items()) keys.push_back(key);
        CHECK(allowed_keys(document, Pointer(object.pointer)) == keys);
        for (const std::string& key : keys) {
            CAPTURE(key);
            json spoilt = document;
            spoilt[Pointer(object.pointer)].erase(key);
            const bool missed = message_of(spoilt.dump()).find(key + ": missing") != std::string::npos;
            const json& required = part.at("required");
            CHECK(missed == (std::find(required.begin(), required.end(), key) != required.end()));
        }
    }
}

json tensorflow_document() {
    json document = json::parse(small_detector);
    document["head"]["priors"] = {{"convention", "tensorflow"},
                                  {"min_scale", 0.2},
                                  {"max_scale", 0.9},
                                  {"aspect_ratios", {1, 2}},
                                  {"interpolated_scale_aspect_ratio", 1},
                                  {"interpolated_box", "second"},
                                  {"reduce_boxes_in_lowest_layer", false}};
    document["head"]["sources"] = {{{"layer", "conv1"}, {"boxes", 3}}, {{"layer", "pool"}, {"boxes", 3}}};
    document["head"]["post_processing"] = {{"dialect", "tflite-fast"},
                                           {"score_threshold", 0.5},
                                           {"iou_threshold", 0.5},
                                           {"max_detections", 10},
                                           {"max_classes_per_detection", 1}};
    return document;
}

}  // namespace

TEST_CASE("reader and schema take the same keys in every object of a description, and miss the same") {
    compare(json::parse(small_detector), caffe_objects);
    json document = tensorflow_document();
    compare(document, fast_objects);
    document["head"]["priors"] = {{"convention", "table"}};
    document["head"]["post_processing"]["dialect"] = "tflite-regular";
    document["head"]["post_processing"].erase("max_classes_per_detection");
    document["head"]["post_processing"]["detections_per_class"] = 5;
    compare(document, regular_objects);
}
