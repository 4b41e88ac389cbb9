#pragma once

#include "description/description.h"
#include "weights/weights.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ssdgen {

// A model file as a network, whatever its format: what each format's reader makes and describe_network takes.

/// A feature map, height by width by channels.
struct Map {
    int height = 0;
    int width = 0;
    int channels = 0;
};

/// Follows a convolution; one number a channel.
struct BatchNormTensors {
    float epsilon = 0;
    std::vector<float> mean, variance, gamma, beta;
};

/// One layer as the file has it: fused activation and padding resolved, weights in our order, not yet named.
struct NetworkLayer {
    LayerKind kind = LayerKind::convolution;
    std::string name;   // the file's, of it or of its output
    std::string place;  // for messages, before the name: "operator 3", "layer"
    int input = -1;     // index of a layer; -1: the picture
    Map in, out;
    int kernel = 1;  // 0: an average over the whole map
    int stride = 1;
    int dilation = 1;
    PaddingRule padding = PaddingRule::caffe;
    std::optional<Pads> pad;  // caffe: explicit
    Activation activation = Activation::none;
    bool feeds_layer = false;   // its output is the input of a layer; otherwise it leads to the results
    WeightTensor weight, bias;  // empty for a pool
    std::optional<BatchNormTensors> batch_norm;
};

/// The last layer of a detector (TFLite_Detection_PostProcess, DetectionOutput) and what leads to it.
struct Detector {
    std::vector<int> boxes, scores;  // layers, one a source, in the order of their rows
    ScoreConversion conversion = ScoreConversion::sigmoid;
    int columns = 0;     // of the scores
    int background = 0;  // its column; -1: none
    PriorsDescription priors;
    std::vector<SourceDescription> sizes;  // priors of the convention caffe: the sizes, one a source
    WeightTensor anchors;                  // a table of priors: [rows][4] centre y, centre x, height, width
    BoxCode box_code;
    PostProcessing post_processing;
};

/// A file's operators as a network: layers in run order, and either a detector or a classifier's last layer.
struct Network {
    std::string file;  // for messages
    Map input;
    // What the file itself does to its input first. x * factor + shift, a channel each, in the order that the first
    // layer sees; reversed: it sees the channels the other way round; casts_bytes: x is the stored number itself.
    std::vector<double> factor, shift;
    bool reversed = false;
    bool casts_bytes = false;
    std::vector<NetworkLayer> layers;
    std::optional<Detector> detector;
    int output = -1;                        // classifier: the layer that gives the logits
    std::optional<ScoreConversion> scores;  // classifier: what follows it
};

/// A name for a message: control characters replaced, at most 120 bytes.
std::string shown(std::string_view name);

/// The geometry of a window over n values along one axis: output size under SAME, or under explicit padding (-1: none).
std::int64_t same_output(std::int64_t n, std::int64_t stride);
std::int64_t padded_output(std::int64_t n, std::int64_t pads, std::int64_t window, std::int64_t stride);

}  // namespace ssdgen
