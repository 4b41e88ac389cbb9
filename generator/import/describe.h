#pragma once

#include "import/import.h"
#include "import/model_graph.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The description of a model file but for its input, and its tensors under the description's names. The description
/// is named after the file. InputError for what a description cannot say.
Imported describe_model(ModelGraph model);

/// Gives the graph of a detector its head: a pair of convolutions on each source. names: one a layer. InputError for
/// predictors that are no such pairs.
void pair_predictors(ModelGraph& model, const std::vector<std::string>& names);

/// The head, once its predictors are paired.
HeadDescription describe_head(const ModelGraph& model);

}  // namespace ssdgen
