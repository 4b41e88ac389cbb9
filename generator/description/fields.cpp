#include "description/fields.h"

#include "description/json_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ssdgen {

namespace {

std::string words(const Range& range) {
    constexpr double unlimited = std::numeric_limits<float>::max();
    const bool no_high = range.high >= unlimited;
    if (range.low <= -unlimited && no_high) return "a number that a 32-bit float holds";
    if (no_high) return fmt::format(range.above ? "a number above {}" : "a number of at least {}", range.low);
    if (range.above) return fmt::format("a number above {} and at most {}", range.low, range.high);
    return fmt::format("a number from {} to {}", range.low, range.high);
}

bool within(double number, const Range& range) {
    return (range.above ? number > range.low : number >= range.low) && number <= range.high;
}

std::string count_words(std::size_t least, std::size_t most, const std::string& elements) {
    if (least == most) return fmt::format("a list of {} {}", least, elements);
    if (most == any_count)
        return least == 0 ? "a list of " + elements : fmt::format("a list of {} or more {}", least, elements);
    return fmt::format("a list of {} to {} {}", least, most, elements);
}

}  // namespace

std::string words(const WholeRange& range) {
    return fmt::format("a whole number from {} to {}", range.low, range.high);
}

void Value::fail(const std::string& allowed) const {
    if (json.is_discarded()) fail_input(ssdgen::at(file, pointer), "missing; allowed: {}", allowed);
    fail_input(ssdgen::at(file, pointer), "found {}; allowed: {}", describe(json), allowed);
}

int Value::whole(const WholeRange& range) const {
    const auto [low, high] = range;
    const auto in_range = [&] {
        if (json.is_number_unsigned())
            return json.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::max(high, 0)) &&
                   json.get<std::int64_t>() >= low;
        return json.get<std::int64_t>() >= low && json.get<std::int64_t>() <= high;
    };
    if (!json.is_number_integer() || !in_range()) fail(words(range));
    return json.get<int>();
}

double Value::number(const Range& range) const {
    if (!json.is_number() || !within(json.get<double>(), range)) fail(words(range));
    return json.get<double>();
}

float Value::real(const Range& range) const {
    constexpr double largest = std::numeric_limits<float>::max();
    if (!json.is_number() || std::abs(json.get<double>()) > largest) fail(words(range));
    const float rounded = static_cast<float>(json.get<double>());
    if (!within(json.get<double>(), range) || !within(static_cast<double>(rounded), range)) fail(words(range));
    return rounded;
}

bool Value::flag() const {
    if (!json.is_boolean()) fail("true or false");
    return json.get<bool>();
}

std::vector<Value> Value::list(std::size_t least, std::size_t most, const std::string& elements) const {
    if (!json.is_array() || json.size() < least || json.size() > most) fail(count_words(least, most, elements));
    std::vector<Value> values;
    for (std::size_t i = 0; i < json.size(); ++i) values.push_back({json[i], file, fmt::format("{}/{}", pointer, i)});
    return values;
}

std::vector<double> Value::numbers(std::size_t least, std::size_t most, const Range& range) const {
    std::vector<double> result;
    for (const Value& element : list(least, most, "numbers")) result.push_back(element.number(range));
    return result;
}

std::string Value::quoted_list(const std::vector<std::string>& words) {
    std::string result;
    for (const std::string& word : words) result += fmt::format("{}\"{}\"", result.empty() ? "" : ", ", word);
    return result;
}

Fields::Fields(Value value) : value_(std::move(value)) {
    if (!value_.json.is_object()) value_.fail("an object");
}

void Fields::allow(std::vector<std::string> keys, const std::string& owner) {
    allowed_ = std::move(keys);
    for (const auto& member : value_.json.items()) {
        if (std::find(allowed_.begin(), allowed_.end(), member.key()) != allowed_.end()) continue;
        fail_input(ssdgen::at(value_.file, pointer_to(value_.pointer, member.key())), "unknown key{}{}; allowed: {}",
                   owner.empty() ? "" : " of ", owner, Value::quoted_list(allowed_));
    }
}

bool Fields::has(const std::string& key) {
    if (std::find(read_.begin(), read_.end(), key) == read_.end()) read_.push_back(key);
    return value_.json.contains(key);
}

Value Fields::at(const std::string& key) {
    static const nlohmann::json missing(nlohmann::json::value_t::discarded);
    return {has(key) ? value_.json.at(key) : missing, value_.file, pointer_to(value_.pointer, key)};
}

void Fields::finish() const {
    for (const std::string& key : allowed_)
        check(std::find(read_.begin(), read_.end(), key) != read_.end(), "every allowed key is read: " + key);
}

}  // namespace ssdgen
