#include "cost/budget.h"

#include "support/error.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <sstream>

namespace ssdgen {

namespace {

constexpr const char* letters = "KMG";  // 1024, its square, its cube

[[noreturn]] void fail(const std::string& option, const std::string& text) {
    throw UsageError(
        fmt::format("{}: found {}; allowed: ms=NUMBER, ram=BYTES and flash=BYTES, each at most once, such as "
                    "ms=5,ram=512K,flash=4M",
                    option, text));
}

std::optional<double> parse_milliseconds(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value > 0) || !std::isfinite(value)) return {};
    return value;
}

void weigh(const char* limit, const std::optional<double>& most, const std::optional<double>& need, Miss& worst) {
    if (!most) return;
    const double factor = need ? *need / *most : std::numeric_limits<double>::infinity();
    if (factor > worst.factor) worst = {factor, limit};
}

}  // namespace

std::optional<std::int64_t> parse_bytes(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value <= 0) return {};
    const std::string unit(end, text.data() + text.size());
    if (unit.empty()) return value;
    const std::size_t place = unit.size() == 1 ? std::string(letters).find(unit) : std::string::npos;
    if (place == std::string::npos) return {};
    const std::int64_t factor = std::int64_t(1) << (10 * (place + 1));
    if (value > std::numeric_limits<std::int64_t>::max() / factor) return {};
    return value * factor;
}

std::string bytes_text(std::int64_t bytes) {
    int place = 0;
    for (; place < 3 && bytes % 1024 == 0 && bytes > 0; ++place) bytes /= 1024;
    return std::to_string(bytes) + (place ? std::string(1, letters[place - 1]) : "");
}

Budget parse_budget(const std::string& text, const std::string& option) {
    Budget budget;
    budget.text = text;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        const std::size_t equals = part.find('=');
        const std::string name = part.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
        if (name == "ms" && !budget.ms) {
            budget.ms = parse_milliseconds(value);
            if (!budget.ms) fail(option, text);
        } else if ((name == "ram" && !budget.ram) || (name == "flash" && !budget.flash)) {
            auto& limit = name == "ram" ? budget.ram : budget.flash;
            limit = parse_bytes(value);
            if (!limit) fail(option, text);
        } else {
            fail(option, text);
        }
    }
    if (budget.empty()) fail(option, text);
    return budget;
}

Miss find_miss(const Budget& budget, const Needs& needs) {
    Miss worst;
    weigh("ms", budget.ms, needs.ms, worst);
    weigh("ram", budget.ram, needs.ram, worst);
    weigh("flash", budget.flash, needs.flash, worst);
    return worst;
}

}  // namespace ssdgen
