#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

struct LayerFacts {
    std::string name;
    std::string kind;
    std::string from;  // the layers whose outputs it takes, "a, b"; "input": the picture
    Shape input, output;
    PerAxis kernel = 0;  // 0: no window
    PerAxis stride, dilation;
    Pads pads{0, 0, 0, 0};  // top, left, bottom, right
    Activation activation = Activation::none;
    std::int64_t macs = 0;
    std::int64_t parameters = 0;
    std::int64_t activation_bytes = 0;  // of the output, in float
};

/// A depthwise layer and the pointwise on it, against one standard convolution of the same window and channels.
struct BlockFacts {
    std::string depthwise, pointwise;
    Shape output;
    std::int64_t macs = 0;
    std::int64_t standard_macs = 0;
    double ratio = 0;  // macs / standard_macs = 1/N + 1/Dk^2 (Howard et al., MobileNets, 3.1)
};

struct SourceFacts {
    std::string layer;
    Shape map;
    int boxes_per_cell = 0;
    int box_channels = 0, score_channels = 0;
    int priors = 0;
    std::vector<float> min_sizes, max_sizes;  // pixels; empty for a table
};

struct Totals {
    std::int64_t macs = 0;
    std::int64_t parameters = 0;
    std::int64_t weight_bytes = 0;
    std::int64_t activation_bytes = 0;    // all outputs, in float
    std::int64_t largest_pair_bytes = 0;  // a layer's input and output; the picture counts a byte a value
    std::string largest_pair_layer;
    int priors = 0;
    int layers = 0;       // with weights, as the literature counts: depthwise and pointwise apart, heads not
    int head_layers = 0;  // box and score convolutions
};

struct Facts {
    std::vector<LayerFacts> layers;
    std::vector<BlockFacts> blocks;
    std::vector<SourceFacts> sources;
    Totals totals;
};

/// Everything that inspect reports about a graph as build_graph gives it.
Facts gather_facts(const Graph& graph);

}  // namespace ssdgen
