#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace ssdgen {

/// The JSON value of a text. InputError "FILE:LINE:COLUMN: what was found; allowed: ..." where it is no JSON (columns
/// count characters, both from 1), and "FILE: /json/pointer: ..." for a key that stands twice in an object.
nlohmann::json parse_json(const std::string& text, const std::string& file);

/// pointer + "/" + key, escaped as RFC 6901 wants it.
std::string pointer_to(const std::string& pointer, const std::string& key);

/// A value of the input in words short enough for a message: 1.5, "half", a list of 3 values, an object.
std::string describe(const nlohmann::json& value);

}  // namespace ssdgen
