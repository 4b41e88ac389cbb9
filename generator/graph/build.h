#pragma once

#include "description/description.h"
#include "graph/graph.h"
#include "weights/weights.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

/// The options of the command line that take the place of what the description says.
struct Multipliers {
    std::optional<double> alpha;
    std::optional<double> rho;
};

/// InputError "WHERE: found ALPHA, ..." for an alpha other than 1 where it scales nothing: where no section that
/// width_multiplier scales has a layer with channels of its own. where is "--alpha", or the key's place in the
/// description.
void check_alpha(const Description& description, double alpha, const std::string& where);

/// The graph of a description under alpha and rho: every shape known, no weights yet. The only reader of both
/// multipliers. InputError for values out of range, an alpha that scales nothing, a channel count of 0, an input or a
/// map too small for its window, a source that names no layer, box counts that contradict the priors.
Graph build_graph(const Description& description, const Multipliers& multipliers = {});

/// The tensors that the graph takes, in run order (batch norm not among them: a weights file may bring it or not).
std::vector<TensorSpec> expected_tensors(const Graph& graph);

/// Fills in the parameters. InputError that names all missing, surplus and wrongly shaped tensors with found and
/// expected shape, for batch norms where the description has no batch_norm, and for a value that is not finite.
void bind_weights(Graph& graph, const Description& description, const Weights& weights);

/// Throws InternalError if the graph is not well formed (ids, shapes, parameter sizes, order); run after every pass.
void check_graph(const Graph& graph);

/// Its part that holds without what the graph ends in: tensors and nodes, not head, logits and scores.
void check_layers(const Graph& graph);

/// One line a node, for --dump.
std::string print_graph(const Graph& graph);

}  // namespace ssdgen
