#pragma once

#include "graph/graph.h"
#include "quantize/pictures.h"

#include "programs/average_precision.h"

#include <string>
#include <vector>

namespace ssdgen {

/// The mean average precision of a detector at an overlap of 0.5, as NAME_detect --truth prints it: of a network of
/// real numbers (dequantized, without batch norms), or of a quantized one.
double accuracy_of_real(const Graph& graph, const Pictures& pictures, const std::vector<application::Truth>& truths,
                        int threads, const std::string& title);
double accuracy_of_quantized(const Graph& graph, const Pictures& pictures,
                             const std::vector<application::Truth>& truths, int threads, const std::string& title);

}  // namespace ssdgen
