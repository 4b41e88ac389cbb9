#include "description/layer_keys.h"

#include "description/layer_kinds.h"
#include "description/spelling.h"
#include "support/files.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

using namespace ssdgen;

namespace {

using nlohmann::json;

const json& definitions() {
    static const json schema = json::parse(read_file(std::string(SSDGEN_SOURCE_DIR) + "/configs/network.schema.json"));
    return schema.at("definitions");
}

/// A kind of layer, and its part of the schema.
struct Form {
    LayerKind kind;
    bool global;
    json schema;
};

std::vector<Form> all_forms() {
    std::vector<Form> forms;
    for (const auto& spelling : layer_kinds) {
        const json& schema = definitions().at(spelling.text);
        if (!is_pool(spelling.value)) {
            forms.push_back({spelling.value, false, schema});
            continue;
        }
        for (const json& one : schema.at("oneOf")) forms.push_back({spelling.value, one.at("title") == "global", one});
    }
    return forms;
}

/// What the schema says of a key wherever it stands in a layer.
const json& definition(const LayerKey& key) {
    const std::string name = key.name;
    if (name == "type") return definitions().at("layer").at("properties").at("type");
    if (name == "name" || name == "input") return definitions().at("layer_" + name);
    return definitions().at(name);
}

/// The cells of the table's rows below this head in configs/README.md, without blanks around them.
std::vector<std::vector<std::string>> readme_table(const std::string& section, const std::string& head) {
    const std::string text = read_file(std::string(SSDGEN_SOURCE_DIR) + "/configs/README.md");
    const std::size_t start = text.find(head, text.find(section));
    REQUIRE(start != std::string::npos);
    std::istringstream lines(text.substr(start));
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(lines, line) && !line.empty() && line[0] == '|';) {
        std::vector<std::string> cells;
        std::istringstream row(line.substr(1));
        for (std::string cell; std::getline(row, cell, '|');) {
            const std::size_t first = cell.find_first_not_of(' ');
            cells.push_back(first == std::string::npos ? ""
                                                       : cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
        }
        rows.push_back(cells);
    }
    rows.erase(rows.begin() + 1);  // the dashes
    return rows;
}

}  // namespace

TEST_CASE("the schema gives every kind of layer the keys of the table, and requires the same of them") {
    CHECK(all_forms().size() == std::size(layer_kinds) + 2);
    for (const Form& form : all_forms()) {
        CAPTURE(spell(form.kind));
        CAPTURE(form.global);
        std::vector<std::string> keys, required;
        for (const LayerKey& key : layer_keys()) {
            const Presence place = presence(key, form.kind, form.global);
            if (place == Presence::never) continue;
            keys.emplace_back(key.name);
            if (place == Presence::required) required.emplace_back(key.name);
        }
        std::vector<std::string> found;
        for (const auto& [key, value] : form.schema.at("properties").items()) found.push_back(key);
        std::sort(keys.begin(), keys.end());
        CHECK(found == keys);
        CHECK(form.schema.at("required") == json(required));
        CHECK(form.schema.at("additionalProperties") == false);
    }
}

TEST_CASE("the schema gives every key of a layer the help and the range of the table") {
    for (const LayerKey& key : layer_keys()) {
        CAPTURE(key.name);
        const json& schema = definition(key);
        CHECK(schema.at("description") == key.help);
        const json& number = schema.contains("anyOf") ? schema.at("anyOf").at(0) : schema;
        REQUIRE(number.contains("minimum") == key.range.has_value());
        if (!key.range) continue;
        CHECK(number.at("type") == "integer");
        CHECK(number.at("minimum") == key.range->low);
        CHECK(number.at("maximum") == key.range->high);
        if (schema.contains("anyOf")) CHECK(schema.at("anyOf").at(1).at("items") == number);
    }
}

TEST_CASE("the schema means the same by a key in every kind of layer, and names the kinds of the enumeration") {
    json kinds;
    for (const auto& spelling : layer_kinds) kinds.push_back(spelling.text);
    CHECK(definitions().at("layer").at("properties").at("type").at("enum") == kinds);
    for (const Form& form : all_forms())
        for (const auto& [key, value] : form.schema.at("properties").items()) {
            CAPTURE(key);
            if (key == "type")
                CHECK(value == json{{"const", spell(form.kind)}});
            else if (key == "kernel" && form.global)
                CHECK(value == json{{"const", global_kernel}});
            else
                CHECK(value ==
                      json{{"$ref", "#/definitions/" + (key == "name" || key == "input" ? "layer_" + key : key)}});
        }
}

TEST_CASE("configs/README.md has the table of layers and keys") {
    const auto rows = readme_table("## Layers", "| | `input`");
    const std::vector<std::string>& head = rows.at(0);
    REQUIRE(rows.size() == std::size(layer_kinds) + 1);
    REQUIRE(head.size() + 1 == layer_keys().size());  // all but name and type, which every layer has
    for (std::size_t row = 1; row < rows.size(); ++row) {
        const auto& kind = layer_kinds[row - 1];
        CHECK(rows[row].at(0).rfind(std::string("`") + kind.text + "`", 0) == 0);
        for (std::size_t column = 1; column < head.size(); ++column) {
            const LayerKey& key = layer_keys().at(column + 1);
            CAPTURE(kind.text);
            CAPTURE(key.name);
            CHECK(head[column] == std::string("`") + key.name + "`");
            const Presence place = presence(key, kind.value);
            std::string cell = place == Presence::never ? "" : place == Presence::required ? "R" : "o";
            if (is_pool(kind.value) && presence(key, kind.value, true) != place) cell += ", not if global";
            CHECK(rows[row].at(column) == cell);
        }
    }
}

TEST_CASE("configs/README.md explains every key of a layer, with its range") {
    const auto rows = readme_table("`name` and `type` always", "| key |");
    std::vector<std::string> explained;
    for (std::size_t row = 1; row < rows.size(); ++row) explained.push_back(rows[row].at(0));
    for (const LayerKey& key : layer_keys()) {
        CAPTURE(key.name);
        if (std::string(key.name) == "type") continue;  // the table above has the types
        const auto place = std::find(explained.begin(), explained.end(), std::string("`") + key.name + "`");
        REQUIRE(place != explained.end());
        if (!key.range) continue;
        const std::string range = fmt::format("{} to {}", key.range->low, key.range->high);
        CHECK(rows.at(std::size_t(place - explained.begin()) + 1).at(2).rfind(range, 0) == 0);
    }
    CHECK(explained.size() + 1 == layer_keys().size());
}
