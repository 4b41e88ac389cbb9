#pragma once

#include "description/per_axis.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

// The structs below mirror the JSON of configs/network.schema.json, key by key; configs/README.md explains the keys.
// alpha and rho stand here as written: build_graph (room graph) alone applies them.

/// How a channel count c under alpha becomes a whole number (SEMANTICS.md 2.6).
enum class ChannelRounding {
    floor,             // int(c * alpha)
    floor_min_8,       // max(int(c * alpha), 8): slim's default
    floor_min_16,      // max(int(c * alpha), 16): ssd_mobilenet_v1_coco.config
    make_divisible_8,  // MobileNet v2's _make_divisible
};

/// The sections of a description whose channels alpha can scale.
enum class Section { backbone, extras, classifier };

enum class PaddingRule {
    caffe,  // `pad` on each side; output = floor((n + pads - window) / stride) + 1
    same,   // TensorFlow's SAME: output = ceil(n / stride), the odd pixel of padding after
};

/// How many windows of a max pool fit under the rule caffe: floor leaves over what no whole window covers, ceil has one
/// more that reaches beyond the padding, unless it would begin there.
enum class PoolRounding { floor, ceil };

enum class Activation { none, relu, relu6 };

/// The order of the channels in the picture's bytes that the network takes.
enum class ChannelOrder { gray, rgb, bgr };

constexpr int channels_of(ChannelOrder order) {
    switch (order) {
        case ChannelOrder::gray: return 1;
        case ChannelOrder::rgb:
        case ChannelOrder::bgr: return 3;
    }
    return 0;
}

/// Where a pixel of the resized picture is sampled (the names are ONNX's coordinate_transformation_mode).
enum class ResizeRule { half_pixel, asymmetric };

enum class LayerKind {
    convolution,
    depthwise,
    pointwise,
    average_pool,
    max_pool,
    fully_connected,
    add,
    concat,
    softmax
};

/// Padding in pixels: top, left, bottom, right.
using Pads = std::array<int, 4>;

struct LayerDescription {
    std::string name;
    LayerKind kind = LayerKind::convolution;
    std::vector<std::string> inputs;  // the layers whose outputs it takes; none: the layer before (of the first, the
                                      // picture)
    int channels = 0;  // output channels before alpha; 0 for the kinds that keep their input's (and for softmax)
    PerAxis kernel;    // sides of the window; 0 for a pool: the whole map ("global")
    PerAxis stride;
    PerAxis dilation;
    PaddingRule padding = PaddingRule::caffe;  // the network's own unless the layer says otherwise
    std::optional<Pads> pad;  // caffe only; absent: floor(dilation * (kernel - 1) / 2) of its axis on each side
    PoolRounding rounding = PoolRounding::floor;  // caffe only, of max_pool
    Activation activation = Activation::none;     // resolved: the network's own unless the layer says otherwise
    bool depth_multiplied = false;  // a convolution of one channel that was a depthwise one with a depth multiplier
    std::string pointer;            // where the layer stands, for messages: "/backbone/3"
};

struct InputDescription {
    int height = 0;  // before rho
    int width = 0;
    int channels = 3;
    ChannelOrder order = ChannelOrder::rgb;
    std::vector<float> mean;   // one a channel, in the order of the bytes
    std::vector<float> scale;  // network input = (byte - mean) * scale
    ResizeRule resize = ResizeRule::half_pixel;
};

enum class PriorConvention { caffe, tensorflow, table };

/// Whether prior sizes in pixels follow the input size (A of SEMANTICS.md 2.3) or keep their numbers (B).
enum class PriorsFollowRho { relative, absolute };

/// Whether pixel sizes are truncated to int, as Caffe's PriorBox does, or kept, as ncnn and OpenCV do.
enum class PriorSizeRounding { truncate, keep };

/// Where the box between two scales stands among a cell's: after all others, as in today's ssd_anchor_generator, or
/// after the first, as in that of 2017.
enum class InterpolatedBox { last, second };

struct PriorsDescription {
    PriorConvention convention = PriorConvention::caffe;
    // caffe (the sizes stand at each source)
    bool flip = true;
    bool clip = false;
    float offset = 0.5F;
    PriorSizeRounding size_rounding = PriorSizeRounding::truncate;
    PriorsFollowRho follow_rho = PriorsFollowRho::relative;
    // tensorflow: the keys of ssd_anchor_generator
    double min_scale = 0.2;
    double max_scale = 0.95;
    std::vector<double> aspect_ratios;
    double interpolated_scale_aspect_ratio = 1.0;  // 0: no interpolated box
    InterpolatedBox interpolated_box = InterpolatedBox::last;
    bool reduce_boxes_in_lowest_layer = true;
};

/// Distance of the cells of a map, in pixels at rho 1; 0: input size / map size.
struct PriorStep {
    double height = 0;
    double width = 0;

    PriorStep() = default;
    PriorStep(double both) : height(both), width(both) {}
    PriorStep(double along_height, double along_width) : height(along_height), width(along_width) {}
    bool operator==(const PriorStep& other) const { return height == other.height && width == other.width; }
};

struct SourceDescription {
    std::string layer;  // any layer of backbone or extras
    int boxes = 0;      // default boxes a cell; contradicting the priors is an error
    // caffe: in pixels at rho 1
    std::vector<double> min_sizes;
    std::vector<double> max_sizes;
    std::vector<double> aspect_ratios;
    PriorStep step;
    std::string pointer;
};

enum class ScoreConversion { softmax, sigmoid };

/// The order of the four numbers of a box encoding.
enum class BoxOrder { xywh, yxhw };

struct BoxCode {
    BoxOrder order = BoxOrder::xywh;
    std::array<float, 4> variances{0.1F, 0.1F, 0.2F, 0.2F};  // in that order: centre, centre, size, size
};

enum class Dialect { caffe_ssd, tflite_fast, tflite_regular };

struct PostProcessing {
    Dialect dialect = Dialect::tflite_fast;
    float score_threshold = 0;
    float iou_threshold = 0.5F;
    int max_detections = 0;             // tflite-*: of all classes; caffe-ssd: keep_top_k (-1: no limit)
    int max_classes_per_detection = 1;  // tflite-fast
    int detections_per_class = 100;     // tflite-regular; caffe-ssd: top_k (-1: no limit)
    float eta = 1;                      // caffe-ssd
    bool clip_boxes = false;            // caffe-ssd
};

struct HeadDescription {
    int kernel = 1;      // 1, 3, 5 or 7
    int classes = 0;     // columns of the scores, the background counted
    int background = 0;  // its column; -1: none
    ScoreConversion scores = ScoreConversion::softmax;
    BoxCode box_code;
    PaddingRule padding = PaddingRule::caffe;
    PriorsDescription priors;
    std::vector<SourceDescription> sources;
    PostProcessing post_processing;
};

struct Description {
    std::string file;    // where it was read from, for messages
    std::string sha256;  // of the file, if it was read from one
    std::string name;    // a C identifier
    double alpha = 1;
    double rho = 1;
    ChannelRounding channel_rounding = ChannelRounding::floor;
    std::vector<Section> alpha_scales;  // which sections alpha scales
    std::optional<float> batch_norm_epsilon;
    InputDescription input;
    std::vector<LayerDescription> backbone;
    std::vector<LayerDescription> extras;
    std::vector<LayerDescription> classifier;
    std::optional<ScoreConversion> scores;  // classifier: sigmoid, each logit by itself (softmax is a last layer)
    std::optional<HeadDescription> head;    // absent: a classifier
};

/// The layers of a section, in run order.
inline const std::vector<LayerDescription>& layers_of(const Description& description, Section section) {
    switch (section) {
        case Section::backbone: return description.backbone;
        case Section::extras: return description.extras;
        case Section::classifier: break;
    }
    return description.classifier;
}

}  // namespace ssdgen
