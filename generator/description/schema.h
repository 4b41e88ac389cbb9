#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace ssdgen {

/// What configs/network.schema.json (embedded in the program) has against a document, as "/json/pointer: reason" lines;
/// empty if nothing. The reader is the one that speaks to the user; this keeps the two in agreement.
std::string schema_objection(const nlohmann::json& document);

}  // namespace ssdgen
