#include "pipeline/make_plan.h"

#include "description/read.h"
#include "description/write.h"
#include "passes/lower.h"
#include "passes/make_factors.h"
#include "passes/store_weights.h"
#include "plan/build.h"
#include "support/error.h"
#include "support/listing.h"
#include "support/warnings.h"
#include "support/words.h"
#include "weights/safetensors.h"

namespace ssdgen {

Unroll find_unroll(const std::string& text) {
    if (const std::optional<Unroll> found = find_word<Unroll>(text)) return *found;
    throw UsageError(fmt::format("--unroll: found {}; allowed: {}", text, joined_words<Unroll>()));
}

Element find_weights_type(const std::string& text) {
    const std::optional<Element> found = find_word<Element>(text);
    if (found == Element::f32 || found == Element::f16 || found == Element::bf16) return *found;
    throw UsageError(fmt::format("--weights-type: found {}; allowed: f32, f16, bf16", text));
}

namespace {

void refuse_with(const PlanOptions& options, bool whole) {
    if (!whole && options.requantization)
        throw UsageError(
            fmt::format("--requantization: found {} for a network that computes with real numbers; "
                        "allowed: with the weights of a quantized one",
                        spell(*options.requantization)));
    if (!whole) return;
    if (options.weights_type != Element::f32)
        throw UsageError(
            fmt::format("--weights-type: found {} for a network that computes with 8 bits; allowed: with "
                        "--precision f32",
                        spell(options.weights_type)));
}

bool is_quantized_throughout(const Graph& graph) {
    const std::vector<std::string> real = real_layers(graph);
    if (real.empty()) {
        const std::string unbuilt = unbuilt_layer(graph);
        if (!unbuilt.empty())
            warn(graph.file, "{}, which is not built yet in 8 bits: all is computed with real numbers", unbuilt);
        return unbuilt.empty();
    }
    std::size_t layers = 0;
    for (const Node& node : graph.nodes) layers += std::holds_alternative<Normalise>(node.operation) ? 0 : 1;
    if (real.size() < layers)
        warn(graph.file, "{} of its layers are not quantized, {}: all are computed with real numbers", real.size(),
             some_of(real));
    return false;
}

}  // namespace

bool is_whole(const Graph& graph, const PlanOptions& options) {
    const auto decide = [&] {
        switch (options.precision) {
            case Precision::automatic: return is_quantized_throughout(graph);
            case Precision::f32: return false;
            case Precision::int8: return true;
        }
        throw InternalError("internal error: broken invariant: a precision decides");
    };
    const bool whole = decide();
    refuse_with(options, whole);
    return whole;
}

Graph lower_for(const Graph& graph, const PlanOptions& options) {
    if (is_whole(graph, options)) {
        const Requantization stated = graph.stated_requantization.value_or(Requantization::two_roundings);
        return lower_integers(graph, options.requantization.value_or(stated));
    }
    return store_weights(lower(graph), options.weights_type);
}

Graph with_weights(Graph graph, const Description& description, const Weights& weights) {
    bind_weights(graph, description, weights);
    return graph;
}

Tuning choose_tuning(const Target& target, const std::string& file, bool without_tuning) {
    if (without_tuning) return {};
    return file.empty() ? built_in_tuning(target) : read_tuning(file, target);
}

Plan make_plan(const Graph& lowered, const Target& target, const Tuning& tuning, const PlanOptions& options) {
    PlanForm form;
    form.streams = options.streams;
    switch (options.unroll) {
        case Unroll::compact: form.compact = true; break;
        case Unroll::tile: break;
        case Unroll::full:
            form.unrolled = choose_unrolled(build_plan(lowered, target, tuning, form), options.code_budget);
            break;
    }
    return build_plan(lowered, target, tuning, form);
}

void check_imported(const Imported& imported, const std::string& model, const std::string& config) {
    const std::string place = fmt::format("{}, as {} has it", model, config);
    const Description description = parse_description(write_description(imported.description), place);
    const Weights weights = parse_safetensors(serialize_safetensors(imported.weights), model);
    lower(with_weights(build_graph(description), description, weights));
}

}  // namespace ssdgen
