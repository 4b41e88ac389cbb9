#include "quantize/report.h"

#include "support/table.h"
#include "support/words.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr std::size_t most_named = 5;

/// The layers that lose most against what they are given, worst first.
std::vector<const LayerFidelity*> worst_layers(const QuantizeReport& report) {
    std::vector<const LayerFidelity*> worst;
    for (const LayerFidelity& layer : report.layers)
        if (std::isfinite(layer.lost) && layer.lost > 0) worst.push_back(&layer);
    std::stable_sort(worst.begin(), worst.end(),
                     [](const LayerFidelity* a, const LayerFidelity* b) { return a->lost > b->lost; });
    worst.resize(std::min(worst.size(), most_named));
    return worst;
}

std::string method_text(const QuantizeReport& report) {
    const std::string method = spell(report.method);
    return report.method == RangeMethod::percentile ? fmt::format("{} {:g}", method, report.percentile) : method;
}

std::vector<std::string> row_of(const LayerFidelity& layer) {
    const bool stored = layer.map.has_value();
    const auto number = [](double value) { return fmt::format("{:.4g}", value); };
    return {layer.name,
            layer.integer ? "int8" : "f32",
            stored ? number(layer.low) : "-",
            stored ? number(layer.high) : "-",
            stored ? number(static_cast<double>(layer.map->quantization.scale[0])) : "-",
            stored ? std::to_string(layer.map->quantization.zero_point[0]) : "-",
            stored ? fmt::format("{:.4f}", layer.saturated * 100) : "-",
            std::isfinite(layer.signal_to_noise) ? fmt::format("{:.1f}", layer.signal_to_noise) : "exact",
            std::isfinite(layer.lost) ? fmt::format("{:.1f}", layer.lost) : "-",
            fmt::format("{:.5f}", layer.cosine)};
}

using Json = nlohmann::ordered_json;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json layer_json(const LayerFidelity& layer) {
    Json json;
    json["name"] = layer.name;
    json["precision"] = layer.integer ? "int8" : "f32";
    if (layer.map) {
        json["range"] = {layer.low, layer.high};
        json["scale"] = static_cast<double>(layer.map->quantization.scale[0]);
        json["zero_point"] = layer.map->quantization.zero_point[0];
        json["saturated"] = layer.saturated;
    }
    json["signal_to_noise_db"] = number(layer.signal_to_noise);
    json["lost_db"] = number(layer.lost);
    json["cosine"] = layer.cosine;
    json["dead_channels"] = layer.dead_channels;
    return json;
}

}  // namespace

std::string quantize_text(const QuantizeReport& report) {
    Table table;
    table.add({"layer", "type", "low", "high", "scale", "zero", "saturated %", "S/N dB", "lost dB", "cosine"});
    for (const LayerFidelity& layer : report.layers) table.add(row_of(layer));
    std::string text = table.text();
    text += fmt::format("\n{}: {} picture{}, ranges by {}, weights per {}\n", report.network, report.pictures,
                        report.pictures == 1 ? "" : "s", method_text(report), report.per_tensor ? "tensor" : "channel");
    if (report.left_out > 0)
        text += fmt::format("{} of {} files could not be decoded and were left out\n", report.left_out,
                            report.left_out + report.pictures);
    if (report.equalization) {
        text += fmt::format("equalized: {} channels of {} layers\n", report.equalization->channels,
                            report.equalization->layers);
        for (const std::string& line : report.equalization->left) text += fmt::format("  {}\n", line);
    }
    for (const LayerFidelity& layer : report.layers)
        if (layer.dead_channels > 0)
            text += fmt::format("{}: {} channels die: all their weights are 0 now\n", layer.name, layer.dead_channels);
    if (!report.kept_float.empty()) text += fmt::format("kept in float: {}\n", fmt::join(report.kept_float, ", "));
    std::string worst;
    for (const LayerFidelity* layer : worst_layers(report))
        worst += fmt::format("{}{} ({:.1f} dB)", worst.empty() ? "" : ", ", layer->name, layer->lost);
    if (!worst.empty()) text += fmt::format("losing most: {}\n", worst);
    if (report.accuracy)
        text += fmt::format("mean average precision: {:.4f} before, {:.4f} after, on {} pictures with {} objects\n",
                            report.accuracy->before, report.accuracy->after, report.accuracy->pictures,
                            report.accuracy->objects);
    return text;
}

std::string quantize_json(const QuantizeReport& report) {
    Json json;
    json["name"] = report.network;
    json["pictures"] = report.pictures;
    json["left_out"] = report.left_out;
    json["method"] = spell(report.method);
    if (report.method == RangeMethod::percentile) json["percentile"] = report.percentile;
    json["per_tensor"] = report.per_tensor;
    if (report.equalization)
        json["equalized"] = {{"layers", report.equalization->layers},
                             {"channels", report.equalization->channels},
                             {"left", report.equalization->left}};
    json["float"] = report.kept_float;
    json["layers"] = Json::array();
    for (const LayerFidelity& layer : report.layers) json["layers"].push_back(layer_json(layer));
    json["losing_most"] = Json::array();
    for (const LayerFidelity* layer : worst_layers(report)) json["losing_most"].push_back(layer->name);
    if (report.accuracy)
        json["mean_average_precision"] = {{"pictures", report.accuracy->pictures},
                                          {"objects", report.accuracy->objects},
                                          {"before", number(report.accuracy->before)},
                                          {"after", number(report.accuracy->after)}};
    return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace ssdgen
