#pragma once

#include "graph/graph.h"
#include "quantize/options.h"
#include "quantize/report.h"

namespace ssdgen {

struct QuantizedNetwork {
    Graph graph;
    QuantizeReport report;
};

/// Post-training quantization of a graph as it is bound, whatever its weights are stored as: calibrated on pictures,
/// biases corrected, compared with what it was. The same input gives the same network, whatever the number of threads.
/// UsageError for options that do not go together, or layers that are none; InputError for pictures and truths that are
/// wrong, and where accuracy falls by more than max_drop.
QuantizedNetwork quantize_network(Graph graph, const QuantizeOptions& options);

}  // namespace ssdgen
