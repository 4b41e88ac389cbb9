#pragma once

#include "description/description.h"
#include "graph/window.h"
#include "weights/weight_tensor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ssdgen {

/// A feature map [height][width][channels], channels fastest.
struct Shape {
    int height = 0;
    int width = 0;
    int channels = 0;
};

inline bool operator==(const Shape& a, const Shape& b) {
    return a.height == b.height && a.width == b.width && a.channels == b.channels;
}

struct Tensor {
    std::string name;  // of the layer that makes it; "input" for the picture
    Shape shape;
    Element element = Element::f32;
    std::optional<Quantization> quantization = std::nullopt;  // of a map of whole numbers; the picture's have none
};

using TensorId = int;  // index into Graph::tensors

struct BatchNorm {
    float epsilon = 0;
    std::vector<float> mean, variance, gamma, beta;  // [out]
};

/// y = (x - mean) * scale, a channel each; the padding of the layer that follows is zero after it.
struct Normalise {
    std::vector<float> mean, scale;
};

struct Convolution {
    Window window;
    Activation activation = Activation::none;
    WeightTensor weights;  // [out][kh][kw][in]; empty: no weights bound
    WeightTensor bias;     // [out]
    std::optional<BatchNorm> batch_norm;
    std::vector<float> input_mean;  // one an input channel if the input normalisation was folded in (the scale is in
                                    // the weights, the mean is taken from the bytes so that padding stays exactly zero)
};

struct Depthwise {
    Window window;
    Activation activation = Activation::none;
    WeightTensor weights;  // [kh][kw][channels]
    WeightTensor bias;     // [channels]
    std::optional<BatchNorm> batch_norm;
};

/// The mean over each window; no padding.
struct AveragePool {
    Window window;
};

/// Over the whole input map. Lowered to a Convolution whose kernel is the map.
struct FullyConnected {
    Activation activation = Activation::none;
    WeightTensor weights;  // [out][y][x][in]
    WeightTensor bias;     // [out]
};

/// Over all values of its input; last node of a classifier, and done by classify(), not by forward().
struct Softmax {};

using Operation = std::variant<Normalise, Convolution, Depthwise, AveragePool, FullyConnected, Softmax>;

struct Node {
    std::string name;
    Operation operation;
    std::vector<TensorId> inputs;
    std::vector<TensorId> outputs;  // one; a Convolution that joins heads has several, their channels in order
    std::string pointer;            // where it stands in the description, for messages
};

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
    std::vector<Tensor> tensors;
    std::vector<Node> nodes;
    TensorId input = 0;                     // the picture's bytes
    std::optional<Head> head;               // absent: a classifier
    TensorId logits = -1;                   // classifier: the output before any softmax, all values of its map
    std::optional<ScoreConversion> scores;  // classifier: what classify() ends in
};

}  // namespace ssdgen
