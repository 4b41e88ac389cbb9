#pragma once

#include "graph/graph.h"
#include "reference/operations.h"

#include <optional>

namespace ssdgen {

/// Batch norm where there is one, then the second input where there is one, then the activation.
void finish(Values& values, const std::optional<BatchNorm>& norm, const Inputs& inputs, Activation activation);

}  // namespace ssdgen
