#pragma once

#include <optional>
#include <string>
#include <vector>

#include "description/description.h"
#include "weights/tflite.h"
#include "weights/weights.h"

namespace ssdgen::tflite {

/// A feature map, height by width by channels.
struct Map {
    int height = 0;
    int width = 0;
    int channels = 0;
};

/// One layer as the file has it: fused activation and padding resolved, weights in our order, not yet named.
struct NetworkLayer {
    LayerKind kind = LayerKind::convolution;
    int operator_index = 0;
    int output_tensor = 0;  // whose name it may take
    int input = -1;         // index of a layer; -1: the picture
    Map in, out;
    int kernel = 1;  // 0: an average over the whole map
    int stride = 1;
    int dilation = 1;
    PaddingRule padding = PaddingRule::caffe;
    std::optional<Pads> pad;  // caffe: explicit
    Activation activation = Activation::none;
    bool feeds_layer = false;   // its output is the input of a layer; otherwise it leads to the results
    WeightTensor weight, bias;  // empty for a pool
};

/// TFLite_Detection_PostProcess and what leads to it.
struct Detector {
    int operator_index = 0;
    std::vector<int> boxes, scores;  // layers, one a source, in the order of their rows
    ScoreConversion conversion = ScoreConversion::sigmoid;
    int columns = 0;       // of the scores
    int classes = 0;       // num_classes: the background not counted
    WeightTensor anchors;  // [rows][4] centre y, centre x, height, width
    BoxCode box_code;
    PostProcessing post_processing;
};

/// A file's operators as a network: layers in run order, and either a detector or a classifier's last layer.
struct Network {
    int picture = 0;  // the input tensor
    Map input;
    std::vector<double> factor,
        shift;  // what the file itself does to its input first: x * factor + shift, a channel each
    std::vector<NetworkLayer> layers;
    std::optional<Detector> detector;
    int output = -1;       // classifier: the layer that gives the logits
    bool softmax = false;  // classifier: a softmax follows
};

/// Walks the operators in run order. InputError that names operator, type and tensor for what is not understood.
Network read_network(const Model& model);

/// The geometry of a window over n values along one axis: output size under SAME, or under explicit padding (-1: none).
std::int64_t same_output(std::int64_t n, std::int64_t stride);
std::int64_t padded_output(std::int64_t n, std::int64_t pads, std::int64_t window, std::int64_t stride);

}  // namespace ssdgen::tflite
