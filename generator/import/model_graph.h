#pragma once

#include "graph/graph.h"

#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

// A model file as a graph, whatever its format: what a GraphBuilder makes and a description is made of. Here stands
// what the graph does not hold.

/// How the file words a layer.
struct LayerOrigin {
    std::string place;         // for messages, before the name: "operator 3", "layer"
    std::string name;          // the file's, of it or of its output
    WindowRule rule;           // what its window was placed by, if it has one
    bool feeds_layer = false;  // a layer takes its output; otherwise it leads to the results
};

/// What the file itself does to its input before the first layer: x * factor + shift, one a channel, in the order that
/// the first layer sees. Not a node of the graph, which begins after it: the description's input joins it with the
/// normalisation that is done before the file.
struct PictureSteps {
    std::vector<double> factor, shift;
    bool reversed = false;     // the first layer sees the channels the other way round
    bool casts_bytes = false;  // x is the stored number itself
};

/// The last layer of a detector (TFLite_Detection_PostProcess, DetectionOutput) and what leads to it.
struct Detector {
    std::vector<TensorId> boxes, scores;   // outputs of the predictors, one a source, in the order of their rows
    Head head;                             // its sources are not paired yet; prior_table: priors of that convention
    WeightTensor prior_table;              // the same as the file stores it
    PriorsDescription priors;              // how the file states them
    std::vector<SourceDescription> sizes;  // priors of the convention caffe: the sizes, one a source
};

struct ModelGraph {
    Graph graph;  // tensor 0 is the picture as the first layer takes it, tensor i + 1 the output of node i; file: the
                  // model's
    std::vector<LayerOrigin> origins;  // one a layer: a node but for the softmax that ends a classifier
    PictureSteps picture;
    std::optional<Detector> detector;  // absent: a classifier, whose logits and scores are in the graph
};

/// The layer that makes a tensor, as an index into nodes and origins; -1: the picture.
inline int layer_of(TensorId tensor) { return tensor - 1; }

/// The kind of a layer; a convolution of one tap is no `pointwise` here.
LayerKind layer_kind(const Node& node);

/// Where a layer's batch norm stands; nullptr for a kind that takes none.
const std::optional<BatchNorm>* batch_norm_of(const Node& node);

}  // namespace ssdgen
