#include "emit/network/stream_parameters.h"

#include "emit/network/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ssdgen {

StreamParameters::StreamParameters(const Step& step, Element weights, RunKind kind) {
    const char* const number = map_number(maps_type(step));
    const InputNames inputs(step);
    for (int input = 0; input < inputs.count(); ++input) add(inputs.type(input), inputs.name(input));
    add(fmt::format("const {}*", pointed_name(weights)), "weights");
    add(fmt::format("{}*", number), "output");
    add(fmt::format("{}*", number), "scratch");
    if (kind == RunKind::product) return;
    add("int", "layer");
    add("const Observe&", "observe");
}

std::vector<std::string> StreamParameters::parameters() const {
    return each([](const Parameter& one) { return one.type + " " + one.name; });
}

std::vector<std::string> StreamParameters::initialisers() const {
    return each([](const Parameter& one) { return fmt::format("{0}_({0})", one.name); });
}

std::string StreamParameters::members() const {
    return fmt::format(
        "{}\n", fmt::join(each([](const Parameter& one) { return fmt::format("{} {}_;", one.type, one.name); }), "\n"));
}

std::vector<std::string> StreamParameters::arguments(int layer) const {
    return each([&](const Parameter& one) { return one.name == "layer" ? std::to_string(layer) : one.name; });
}

std::vector<std::string> StreamParameters::of_function(bool names_rows) const {
    std::vector<std::string> all;
    for (const Parameter& one : parameters_)
        if (one.name != "layer") all.push_back(one.type + " " + one.name);
    all.push_back(names_rows ? "int first" : "int");
    all.push_back(names_rows ? "int end" : "int");
    return all;
}

}  // namespace ssdgen
