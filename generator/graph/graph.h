#pragma once

#include "description/description.h"
#include "graph/operations/add.h"
#include "graph/operations/average_pool.h"
#include "graph/operations/concat.h"
#include "graph/operations/convolution.h"
#include "graph/operations/depthwise.h"
#include "graph/operations/fully_connected.h"
#include "graph/operations/max_pool.h"
#include "graph/operations/normalise.h"
#include "graph/operations/softmax.h"
#include "graph/tensor.h"
#include "weights/weights.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ssdgen {

using Operation =
    std::variant<Normalise, Convolution, Depthwise, AveragePool, MaxPool, FullyConnected, Add, Concat, Softmax>;

struct Node {
    std::string name;
    Operation operation;
    std::vector<TensorId> inputs;   // as many as arity_of() allows
    std::vector<TensorId> outputs;  // one; a Convolution that joins heads has several, their channels in order
    std::string pointer;            // where it stands in the description, for messages
};

/// The shapes of a node's inputs and outputs.
struct Graph;
NodeMaps maps_of(const Graph& graph, const Node& node);

/// One default box of a cell: size relative to the picture (SEMANTICS.md 2.3, 2.5).
struct BoxSize {
    float height = 0;
    float width = 0;
};

/// The default boxes of one source: centre = (cell + offset) * step, relative to the picture.
struct PriorGrid {
    int height = 0;
    int width = 0;
    float offset_y = 0.5F, offset_x = 0.5F;
    float step_y = 0, step_x = 0;
    std::vector<BoxSize> boxes;               // one a box of the cell, in order
    std::vector<float> min_sizes, max_sizes;  // what they were made from, in pixels (for the reports alone)
};

struct HeadSource {
    std::string layer;
    TensorId boxes = 0;   // output of LAYER_mbox_loc [h][w][boxes * 4]
    TensorId logits = 0;  // output of LAYER_mbox_conf [h][w][boxes * classes]
    int boxes_per_cell = 0;
    int first_prior = 0;  // row of its first prior in the outputs
};

struct Head {
    int classes = 0;
    int background = 0;
    ScoreConversion scores = ScoreConversion::softmax;
    BoxCode box_code;
    PostProcessing post_processing;
    std::vector<HeadSource> sources;
    int priors = 0;
    std::vector<PriorGrid> grids;  // one a source; empty if the priors are a table
    bool clip_priors = false;
    StoredHead stored;               // of a quantized network: how the joined outputs are stored
    std::vector<float> prior_table;  // [priors][4] centre y, centre x, height, width; bound with the weights
};

/// Tensors and operations in run order. nodes[0] of a graph as built is the Normalise of the picture. Weights are bound
/// as they are stored; the pass dequantize makes f32 of them, and of maps.
struct Graph {
    std::string name;
    std::string file;  // the description, for messages
    double alpha = 1;
    double rho = 1;
    ChannelOrder order = ChannelOrder::rgb;
    ResizeRule resize = ResizeRule::half_pixel;
    std::optional<Requantization> requantization = std::nullopt;         // absent: it computes with real numbers
    std::optional<Requantization> stated_requantization = std::nullopt;  // what its weights were made for, if they say
    std::vector<Tensor> tensors;
    std::vector<Node> nodes;
    TensorId input = 0;                     // the picture's bytes
    std::optional<Head> head;               // absent: a classifier
    TensorId logits = -1;                   // classifier: the output before any softmax, all values of its map
    std::optional<ScoreConversion> scores;  // classifier: what classify() ends in
};

}  // namespace ssdgen
