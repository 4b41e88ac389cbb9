#pragma once

#include "tools/tflite_builder.h"

#include <string>
#include <vector>

namespace ssdgen::test {

/// How the weights stand in the file. All forms hold the same values, multiples of 1/128.
enum class Form { float32, float16, uint8, int8_per_channel };

/// What the file says after each convolution (none: in a quantised form the output's range [0, 6] clamps all the same).
enum class Clamp { none, relu, relu6, separate_relu6 };

/// A small MobileNet v1 to be written as a .tflite file, in the many ways in which converters write it.
struct SyntheticModel {
    int height = 32, width = 32, channels = 3;
    int first_channels = 8;
    struct Pair {
        int stride;
        int channels;
    };
    std::vector<Pair> pairs{{1, 12}, {2, 16}};
    int classes = 10;  // of a classifier; of a detector without the background
    Form form = Form::float32;
    Clamp clamp = Clamp::relu6;
    bool pad_then_valid = false;  // strided layers as PAD by (0, 1) or (1, 1), then VALID
    bool bias = true;
    bool fully_connected = false;  // or a 1x1 convolution
    bool mean = false;             // MEAN over the map, or AVERAGE_POOL_2D
    bool softmax = true;
    bool float_ends = false;  // classifier, int8: QUANTIZE of a float picture, DEQUANTIZE at the end
    // detector
    int extras = 1;  // pairs of 1x1 and 3x3 with stride 2
    int head_kernel = 1;
    bool raw = false;  // ends in the tensors "boxes" and "scores", which nothing takes
    bool regular = false;
    bool background = true;
    bool softmax_scores = false;
    int boxes = 3;  // a cell, of each source
};

/// The bytes of the classifier; input uint8 for Form::uint8 ((x - 128) / 128), int8 for Form::int8_per_channel (the
/// same), float32 otherwise.
std::string synthetic_classifier(const SyntheticModel& model);

/// The bytes of a detector with the last pair and every extra pair as sources.
std::string synthetic_detector(const SyntheticModel& model);

/// The value that stands at an index of the weights of the layer with this number (in run order) and so many output
/// channels, for any form; file order [out][y][x][in], depthwise [1][y][x][channel].
float synthetic_weight(int layer, int index, int output_channel);
float synthetic_bias(int layer, int channel);

}  // namespace ssdgen::test
