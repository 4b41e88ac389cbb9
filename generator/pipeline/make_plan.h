#pragma once

#include "description/description.h"
#include "graph/build.h"
#include "import/import.h"
#include "pipeline/choose_unrolled.h"
#include "plan/plan.h"
#include "plan/schedule/tuning.h"
#include "weights/requantization.h"

#include <optional>
#include <string>

namespace ssdgen {

// The way from a description to a plan, which every command that makes or judges a network goes: what one of them
// refuses, all do.

enum class Unroll { compact, tile, full };

constexpr const char* word(Unroll unroll) {
    switch (unroll) {
        case Unroll::compact: return "compact";
        case Unroll::tile: return "tile";
        case Unroll::full: return "full";
    }
    return nullptr;
}

/// What a network computes with: automatic: whole numbers if it is quantized all through, else real ones.
enum class Precision { automatic, f32, int8 };

constexpr const char* word(Precision precision) {
    switch (precision) {
        case Precision::automatic: return "auto";
        case Precision::f32: return "f32";
        case Precision::int8: return "int8";
    }
    return nullptr;
}

/// "tile" and so on. UsageError, which says that it is about --unroll, for another text.
Unroll find_unroll(const std::string& text);

/// What decides about the code of a plan beside the target and its tuning.
struct PlanOptions {
    Unroll unroll = Unroll::tile;
    std::int64_t code_budget = default_code_budget;  // bytes of machine code for layers that are unrolled whole
    Element weights_type = Element::f32;             // that weights are stored as
    Precision precision = Precision::automatic;
    std::optional<Requantization> requantization{};  // absent: what the weights state, or else two_roundings
    bool streams = true;                             // as in PlanForm
};

/// The graph of a description with its parameters bound. InputError for what build_graph() or bind_weights() refuses.
Graph with_weights(Graph graph, const Description& description, const Weights& weights);

/// The tuning that a command is given: a file, or none at all, or else (file: "") what was measured for the target when
/// ssdgen was built. InputError if the file is wrong.
Tuning choose_tuning(const Target& target, const std::string& file, bool without_tuning);

/// The type of weights that is meant by "f32", "f16" or "bf16". UsageError, which says that it is about
/// --weights-type, for another text.
Element find_weights_type(const std::string& text);

/// Whether the options have a graph with its parameters bound computed with whole numbers. UsageError for options that
/// contradict it.
bool is_whole(const Graph& graph, const PlanOptions& options);

/// The lowered graph of a scaled one, its weights stored as the options say: what plans are made of. InputError for
/// what lower() or store_weights() refuses.
Graph lower_for(const Graph& graph, const PlanOptions& options);

/// The plan of a lowered graph in the form that is asked for.
Plan make_plan(const Graph& lowered, const Target& target, const Tuning& tuning, const PlanOptions& options);

/// Reads back what would be written of an imported model and takes it to its lowered graph, as `generate` does.
/// InputError, whose place begins with "MODEL, as CONFIG has it", if `generate` would refuse it.
void check_imported(const Imported& imported, const std::string& model, const std::string& config);

}  // namespace ssdgen
