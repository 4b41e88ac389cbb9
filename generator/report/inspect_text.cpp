#include "description/spelling.h"
#include "graph/shapes.h"
#include "report/facts.h"
#include "report/inspect.h"
#include "support/error.h"
#include "support/table.h"

#include <fmt/ranges.h>

namespace ssdgen {

namespace {

std::string heading(const Graph& graph) {
    const auto& normalise = std::get<Normalise>(graph.nodes[0].operation);
    return fmt::format("{}: alpha {}, rho {}\ninput {} {}, (byte - mean) * scale, mean {}, scale {}\n", graph.name,
                       graph.alpha, graph.rho, to_string(shape_of(graph, graph.input)), spell(graph.order),
                       fmt::join(normalise.mean, " "), fmt::join(normalise.scale, " "));
}

std::string layer_table(const Facts& facts) {
    Table table;
    table.add({"layer", "kind", "kernel", "stride", "input", "output", "MACs", "parameters", "activation bytes"});
    for (const LayerFacts& layer : facts.layers) {
        const bool window = layer.kernel != 0;
        table.add({layer.name, layer.kind, window ? fmt::format("{}x{}", layer.kernel.rows, layer.kernel.columns) : "",
                   window ? to_string(layer.stride) : "", to_string(layer.input), to_string(layer.output),
                   with_commas(layer.macs), with_commas(layer.parameters), with_commas(layer.activation_bytes)});
    }
    return table.text();
}

std::string block_table(const Facts& facts) {
    if (facts.blocks.empty()) return "";
    Table table;
    table.add({"depthwise separable block", "output", "MACs", "standard convolution", "ratio"});
    for (const BlockFacts& block : facts.blocks)
        table.add({block.depthwise + " + " + block.pointwise, to_string(block.output), with_commas(block.macs),
                   with_commas(block.standard_macs), fmt::format("{:.4f}", block.ratio)});
    return "\n" + table.text();
}

std::string sizes_text(const std::vector<float>& sizes) {
    std::vector<std::string> texts;
    for (const float size : sizes) texts.push_back(fmt::format("{:.4g}", size));
    return texts.empty() ? "-" : fmt::format("{}", fmt::join(texts, " "));
}

std::string source_table(const Facts& facts) {
    if (facts.sources.empty()) return "";
    Table table;
    table.add({"source", "map", "boxes a cell", "box channels", "score channels", "priors", "min size", "max size"});
    for (const SourceFacts& source : facts.sources)
        table.add({source.layer, to_string(source.map), std::to_string(source.boxes_per_cell),
                   std::to_string(source.box_channels), std::to_string(source.score_channels),
                   std::to_string(source.priors), sizes_text(source.min_sizes), sizes_text(source.max_sizes)});
    return "\n" + table.text();
}

std::string totals_table(const Graph& scaled, const Totals& totals, const Totals& full) {
    Table table;
    table.add({"total", fmt::format("alpha {}, rho {}", scaled.alpha, scaled.rho), "alpha 1, rho 1", "ratio"});
    const auto add = [&](const std::string& name, std::int64_t value, std::int64_t whole) {
        const double ratio = static_cast<double>(value) / static_cast<double>(whole);
        table.add({name, with_commas(value), with_commas(whole), whole == 0 ? "" : fmt::format("{:.4f}", ratio)});
    };
    add("MACs", totals.macs, full.macs);
    add("parameters", totals.parameters, full.parameters);
    add("weight bytes", totals.weight_bytes, full.weight_bytes);
    add("activation bytes, all layers", totals.activation_bytes, full.activation_bytes);
    add("largest input and output, bytes", totals.largest_pair_bytes, full.largest_pair_bytes);
    if (scaled.head) add("priors", totals.priors, full.priors);
    add("layers with weights", totals.layers, full.layers);
    if (scaled.head) add("head convolutions", totals.head_layers, full.head_layers);
    return "\n" + table.text() +
           fmt::format("(largest input and output: {}; at alpha 1, rho 1: {})\n", totals.largest_pair_layer,
                       full.largest_pair_layer);
}

}  // namespace

std::string inspect_text(const Graph& scaled, const Graph& full) {
    const Facts facts = gather_facts(scaled);
    return heading(scaled) + "\n" + layer_table(facts) + block_table(facts) + source_table(facts) +
           totals_table(scaled, facts.totals, gather_facts(full).totals);
}

}  // namespace ssdgen
