#include "sweep/weights_pattern.h"

#include "support/error.h"

#include <cmath>

namespace ssdgen {

namespace {

const char* const allowed = "{alpha}, {alpha_percent}, {rho}, {height} and {width}; {{ and }} for braces";

std::string value_of(const std::string& name, const PatternValues& values) {
    if (name == "alpha") return fmt::format("{}", values.alpha);
    if (name == "alpha_percent") return fmt::format("{:03}", std::lround(100 * values.alpha));
    if (name == "rho") return fmt::format("{}", values.rho);
    if (name == "height") return std::to_string(values.height);
    if (name == "width") return std::to_string(values.width);
    throw UsageError(fmt::format("--weights: found {{{}}}; allowed: {}", name, allowed));
}

/// The text with its placeholders replaced, and how many there were.
struct Filled {
    std::string text;
    int placeholders = 0;
};

Filled fill(const std::string& pattern, const PatternValues& values) {
    Filled filled;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        const bool doubled = (c == '{' || c == '}') && pattern.substr(at + 1, 1) == std::string(1, c);
        if (c != '{' || doubled) {
            filled.text += c;
            at += doubled;
            continue;
        }
        const std::size_t end = pattern.find('}', at);
        if (end == std::string::npos)
            throw UsageError(
                fmt::format("--weights: found {}, which is not closed; allowed: {}", pattern.substr(at), allowed));
        filled.text += value_of(pattern.substr(at + 1, end - at - 1), values);
        ++filled.placeholders;
        at = end;
    }
    return filled;
}

}  // namespace

std::string weights_file(const std::string& pattern, const PatternValues& values) { return fill(pattern, values).text; }

bool is_pattern(const std::string& text) { return fill(text, {}).placeholders > 0; }

}  // namespace ssdgen
