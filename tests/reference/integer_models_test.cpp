// Claims: the integer interpreter gives the bytes of the published quantized networks, in three arithmetics.

#include "graph/networks.h"
#include "import/import.h"
#include "reference/integer_interpreter.h"
#include "support/files.h"
#include "tools/skip.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string models = SSDGEN_SOURCE_DIR "/../shared/models/";

std::uint32_t crc32(const StoredValues& values) {
    std::uint32_t crc = ~0U;
    for (const std::int32_t value : values) {
        crc ^= std::uint32_t(value) & 255U;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) ? 0xEDB88320U : 0);
    }
    return ~crc;
}

struct Model {
    std::string name, picture, input;
};

/// Every operator of the picture's table that has a layer of its own here. A wrong layer makes all behind it wrong, so
/// that they are found says that they are found in their places.
void check_layers(const Model& model) {
    const Imported imported = import_tflite(models + model.name + ".tflite", {});
    Graph graph = build_graph(imported.description);
    bind_weights(graph, imported.description, imported.weights);
    const std::string bytes = read_file(models + "reference/" + model.picture + "." + model.input + ".u8");
    const auto table =
        nlohmann::json::parse(read_file(models + "reference/" + model.picture + "." + model.name + ".q8.layers.json"));
    const struct {
        Requantization rule;
        const char* key;
    } rules[] = {{Requantization::two_roundings, "crc32"},
                 {Requantization::ruy, "crc32_ruy"},
                 {Requantization::float_product, "crc32_float"}};
    for (const auto& [rule, key] : rules) {
        CAPTURE(std::string(key));
        const auto values = interpret_integers(graph, {bytes.begin(), bytes.end()}, rule);
        std::set<std::string> found;
        for (const StoredValues& map : values) found.insert(fmt::format("{:08x}", crc32(map)));
        std::size_t compared = 0;
        for (const auto& line : table) {
            const std::string kind = line["kind"];
            if (kind == "RESHAPE" || kind == "CONCATENATION" || kind == "LOGISTIC") continue;
            CAPTURE(line["operator"].get<int>());
            CHECK(found.count(line.value(key, line["crc32"].get<std::string>())) == 1);
            ++compared;
        }
        CHECK(compared > 10);
    }
}

}  // namespace

TEST_CASE("Every layer of the shared networks has the reference's bytes, in all three arithmetics") {
    if (lacks(need::models)) return;
    for (const Model& model :
         {Model{"mobilenet_v1_0.25_128_quant", "cat_720p", "128"}, Model{"person_detect", "grace_hopper", "96.gray"},
          Model{"vww_96_int8", "grace_hopper", "96"}, Model{"mobilenet_v2_1.0_224_quant", "cat_720p", "224"},
          Model{"coco_ssd_mobilenet_v1_quant", "grace_hopper", "300"}}) {
        CAPTURE(model.name);
        check_layers(model);
    }
}
