#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace ssdgen {

/// The JSON value of a text. InputError "FILE:LINE:COLUMN: what was found; allowed: ..." where it is no JSON (columns
/// count characters, both from 1), and "FILE: /json/pointer: ..." for a key that stands twice in an object.
nlohmann::json parse_json(const std::string& text, const std::string& file);

/// pointer + "/" + key, escaped as RFC 6901 wants it.
std::string pointer_to(const std::string& pointer, const std::string& key);

/// A value as JSON; a number is the shortest that reads back the same.
std::string json_text(const std::string& value);
std::string json_text(const char* value);
std::string json_text(bool value);
std::string json_text(int value);
std::string json_text(float value);
std::string json_text(double value);

/// [1, 2, 3].
template <class List>
std::string json_text(const List& values) {
    std::string result;
    for (const auto& value : values) result += (result.empty() ? "" : ", ") + json_text(value);
    return "[" + result + "]";
}

/// A value of the input in words short enough for a message: 1.5, "half", a list of 3 values, an object.
std::string describe(const nlohmann::json& value);

}  // namespace ssdgen
