#include "cost/latency_model.h"
#include "description/fields.h"
#include "description/json_text.h"
#include "support/error.h"
#include "target/table.h"

#include <cmath>
#include <string_view>

namespace ssdgen {

extern std::string_view embedded_calibration(std::string_view path);  // embed.cmake makes it

namespace {

const char* const names[work_kinds] = {"cycles", "picture_cycles", "depthwise_cycles", "depthwise_vectors",
                                       "tiles",  "weight_lines",   "far_lines",        "stages",
                                       "rows"};

Calibration read_calibration(const Value& value) {
    Fields fields(value);
    fields.allow({"machine", "networks", "nanoseconds"});
    Calibration calibration;
    const Value machine = fields.at("machine");
    if (!machine.json.is_string()) machine.fail("the name of a processor");
    calibration.machine = machine.json;
    calibration.networks = fields.at("networks").whole(1, 1000000);
    Fields prices(fields.at("nanoseconds"));
    prices.allow({names, names + work_kinds});
    for (std::size_t i = 0; i < work_kinds; ++i) calibration.nanoseconds[i] = prices.at(names[i]).number({0, 1e9});
    return calibration;
}

/// Four digits tell more than a measurement does.
double rounded(double value) { return std::stod(fmt::format("{:.4g}", value)); }

}  // namespace

Calibrations parse_calibrations(const std::string& text, const std::string& file) {
    const nlohmann::json document = parse_json(text, file);
    Fields fields({document, file, ""});
    std::vector<std::string> allowed;
    for (const Target& target : targets()) allowed.emplace_back(target.name);
    fields.allow(allowed);
    Calibrations calibrations;
    for (const std::string& target : allowed)
        if (fields.has(target)) calibrations[target] = read_calibration(fields.at(target));
    return calibrations;
}

Calibrations built_in_calibrations() {
    const std::string_view text = embedded_calibration("calibration.json");
    return text.empty() ? Calibrations{} : parse_calibrations(std::string(text), "configs/calibration.json");
}

std::string calibrations_text(const Calibrations& calibrations) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [target, calibration] : calibrations) {
        nlohmann::ordered_json prices;
        for (std::size_t i = 0; i < work_kinds; ++i) prices[names[i]] = rounded(calibration.nanoseconds[i]);
        json[target] = {{"machine", calibration.machine}, {"networks", calibration.networks}, {"nanoseconds", prices}};
    }
    return json.dump(2) + "\n";
}

}  // namespace ssdgen
