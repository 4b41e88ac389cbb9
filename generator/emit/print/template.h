#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ssdgen {

using TemplateValues = std::map<std::string, std::string>;

/// A template of the folder templates/ with its holes filled: $name$ becomes values["name"]. The lines of a value take
/// the indentation of a hole that stands alone on its line; such a line vanishes if the value is empty. A hole without
/// a value and a value without a hole are broken invariants: InternalError "templates/FILE:LINE: ...".
std::string fill_template(const std::string& file, const TemplateValues& values);

/// The same on given text; file, without templates/, is for messages.
std::string fill_text(std::string_view text, const std::string& file, const TemplateValues& values);

}  // namespace ssdgen
