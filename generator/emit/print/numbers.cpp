#include "emit/print/numbers.h"

#include "support/error.h"

#include <fmt/format.h>

#include <cmath>

namespace ssdgen {

std::string print_float(float value) {
    check(std::isfinite(value), "an emitted number is finite");
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text + "F";
}

std::string print_grouped(std::int64_t value) {
    std::string digits = std::to_string(value);
    for (int at = int(digits.size()) - 3; at > 0; at -= 3) digits.insert(std::size_t(at), " ");
    return digits;
}

namespace {

/// print(index): an item without its comma.
template <class Print>
std::string print_list(std::size_t count, const Print& print) {
    std::string text, line = "   ";
    for (std::size_t index = 0; index < count; ++index) {
        const std::string item = " " + print(index) + (index + 1 < count ? "," : "");
        if (line.size() + item.size() > 120) {
            text += line + "\n";
            line = "   ";
        }
        line += item;
    }
    return text + line + "\n";
}

}  // namespace

std::string print_floats(const std::vector<float>& values) {
    return print_list(values.size(), [&](std::size_t index) { return print_float(values[index]); });
}

std::string print_bytes(const std::string& bytes) {
    return print_list(bytes.size(),
                      [&](std::size_t index) { return std::to_string(static_cast<unsigned char>(bytes[index])); });
}

}  // namespace ssdgen
