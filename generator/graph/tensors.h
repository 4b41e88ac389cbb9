#pragma once

#include "graph/graph.h"
#include "weights/weights.h"

#include <string>
#include <vector>

namespace ssdgen {

/// A tensor of a weights file: its name and shape, and what its axes are, outermost first.
struct TensorFacts {
    std::string name;
    std::vector<int> shape;
    std::string layout;  // "[out][in][kernel y][kernel x]"; of a predictor also how its outputs are numbered
    bool optional =
        false;  // a file may have it or not: batch norm to be folded, priors to be compared with those computed
};

/// All that a weights file of the network may hold, layer by layer in run order; what bind_weights takes, no more and
/// no less.
std::vector<TensorFacts> describe_tensors(const Graph& graph, const Description& description);

}  // namespace ssdgen
