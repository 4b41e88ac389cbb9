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

std::string print_floats(const std::vector<float>& values) {
    std::string text, line = "   ";
    for (std::size_t index = 0; index < values.size(); ++index) {
        std::string item = " " + print_float(values[index]) + (index + 1 < values.size() ? "," : "");
        if (line.size() + item.size() > 120) {
            text += line + "\n";
            line = "   ";
        }
        line += item;
    }
    return text + line + "\n";
}

}  // namespace ssdgen
