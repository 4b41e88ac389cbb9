#include "description/schema.h"

#include <nlohmann/json.hpp>

// valijson aborts instead of throwing unless told so.
#define VALIJSON_USE_EXCEPTIONS 1
#include <string_view>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace ssdgen {

extern std::string_view embedded_schema(std::string_view path);  // embed.cmake makes it

using valijson::adapters::NlohmannJsonAdapter;

namespace {

void parse_schema(valijson::Schema& schema) {
    const nlohmann::json document = nlohmann::json::parse(embedded_schema("network.schema.json"));
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(NlohmannJsonAdapter(document), schema);
}

}  // namespace

std::string schema_objection(const nlohmann::json& document) {
    struct Parsed {
        Parsed() { parse_schema(schema); }
        valijson::Schema schema;
    };
    static const Parsed parsed;  // once: it takes longer than a document does

    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    std::string objection;
    if (validator.validate(parsed.schema, NlohmannJsonAdapter(document), &results)) return objection;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        for (const std::string& step : error.context) objection += step;
        objection += ": " + error.description + "\n";
    }
    return objection;
}

}  // namespace ssdgen
