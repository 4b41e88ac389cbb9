#include "description/spelling.h"
#include "graph/priors.h"
#include "graph/shapes.h"
#include "report/facts.h"
#include "report/inspect.h"
#include "support/error.h"

#include <nlohmann/json.hpp>

namespace ssdgen {

namespace {

using Json = nlohmann::ordered_json;

Json shape_json(const Shape& shape) { return Json::array({shape.height, shape.width, shape.channels}); }

/// A float's shortest decimal form, instead of that of the double next to it.
double shortest(float value) { return std::stod(fmt::format("{}", value)); }

template <class Floats>
Json floats_json(const Floats& values) {
    Json list = Json::array();
    for (const float value : values) list.push_back(shortest(value));
    return list;
}

Json input_json(const Graph& graph) {
    const Shape& shape = shape_of(graph, graph.input);
    const auto& normalise = std::get<Normalise>(graph.nodes[0].operation);
    return {{"height", shape.height},
            {"width", shape.width},
            {"channels", shape.channels},
            {"order", spell(graph.order)},
            {"mean", floats_json(normalise.mean)},
            {"scale", floats_json(normalise.scale)}};
}

/// 2, or [2, 1] where rows and columns differ.
Json per_axis_json(const PerAxis& number) {
    return is_equal_both_ways(number) ? Json(number.rows) : Json::array({number.rows, number.columns});
}

Json layers_json(const Facts& facts) {
    Json list = Json::array();
    for (const LayerFacts& layer : facts.layers) {
        Json entry{{"name", layer.name},
                   {"kind", layer.kind},
                   {"from", layer.from},
                   {"input", shape_json(layer.input)},
                   {"output", shape_json(layer.output)}};
        if (layer.kernel != 0) {
            entry["kernel"] = {layer.kernel.rows, layer.kernel.columns};
            entry["stride"] = per_axis_json(layer.stride);
            entry["dilation"] = per_axis_json(layer.dilation);
            entry["pads"] = layer.pads;
        }
        entry["activation"] = spell(layer.activation);
        entry["macs"] = layer.macs;
        entry["params"] = layer.parameters;
        entry["activation_bytes"] = layer.activation_bytes;
        list.push_back(std::move(entry));
    }
    return list;
}

Json blocks_json(const Facts& facts) {
    Json list = Json::array();
    for (const BlockFacts& block : facts.blocks)
        list.push_back({{"depthwise", block.depthwise},
                        {"pointwise", block.pointwise},
                        {"output", shape_json(block.output)},
                        {"macs", block.macs},
                        {"standard_macs", block.standard_macs},
                        {"ratio", block.ratio}});
    return list;
}

Json sources_json(const Facts& facts) {
    Json list = Json::array();
    for (const SourceFacts& source : facts.sources)
        list.push_back({{"layer", source.layer},
                        {"map", shape_json(source.map)},
                        {"boxes", source.boxes_per_cell},
                        {"box_channels", source.box_channels},
                        {"score_channels", source.score_channels},
                        {"priors", source.priors},
                        {"min_sizes", floats_json(source.min_sizes)},
                        {"max_sizes", floats_json(source.max_sizes)}});
    return list;
}

Json totals_json(const Totals& totals) {
    return {{"macs", totals.macs},
            {"params", totals.parameters},
            {"weights_bytes", totals.weight_bytes},
            {"activation_bytes", totals.activation_bytes},
            {"largest_pair_bytes", totals.largest_pair_bytes},
            {"largest_pair_layer", totals.largest_pair_layer},
            {"priors", totals.priors},
            {"layers", totals.layers},
            {"head_layers", totals.head_layers}};
}

/// Scaled over full, for every number that is not 0 in full.
Json ratios_json(const Json& scaled, const Json& full) {
    Json ratios = Json::object();
    for (const auto& [key, value] : full.items())
        if (value.is_number() && value != 0) ratios[key] = scaled[key].get<double>() / value.get<double>();
    return ratios;
}

Json priors_json(const Head& head) {
    if (head.grids.empty() && head.prior_table.empty()) return nullptr;
    Json list = Json::array();
    for (int i = 0; i < head.priors; ++i) list.push_back(floats_json(prior_box(head, i)));
    return list;
}

}  // namespace

std::string inspect_json(const Graph& scaled, const Graph& full) {
    const Facts facts = gather_facts(scaled);
    Json json{{"name", scaled.name}, {"alpha", scaled.alpha}, {"rho", scaled.rho}, {"input", input_json(scaled)}};
    json["classes"] = scaled.head ? scaled.head->classes : int(elements(shape_of(scaled, scaled.logits)));
    if (scaled.scores) json["scores"] = spell(*scaled.scores);
    json["layers"] = layers_json(facts);
    json["blocks"] = blocks_json(facts);
    json["totals"] = totals_json(facts.totals);
    json["totals_full"] = totals_json(gather_facts(full).totals);
    json["ratio"] = ratios_json(json["totals"], json["totals_full"]);
    if (scaled.head) {
        const Head& head = *scaled.head;
        json["sources"] = sources_json(facts);
        json["background"] = head.background;
        json["scores"] = spell(head.scores);
        json["box_code"] = {{"order", spell(head.box_code.order)}, {"variances", floats_json(head.box_code.variances)}};
        json["priors"] = priors_json(head);
    }
    return json.dump(2) + "\n";
}

}  // namespace ssdgen
