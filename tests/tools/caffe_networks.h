#pragma once

#include "caffe.pb.h"

#include <string>

namespace ssdgen::test {

/// How the input stands in a prototxt.
enum class CaffeInput { layer, shape, dim };

/// A small MobileNet v1 to be written as Caffe files, in the ways in which they are published.
struct CaffeStyle {
    int height = 32, width = 32;
    CaffeInput input = CaffeInput::shape;
    bool batch_norm = false;      // BatchNorm and Scale after every convolution of the trunk, or merged into it
    bool zero_factor = false;     // the third blob of every BatchNorm is 0
    bool in_place = true;         // BatchNorm, Scale and ReLU; or blobs NAME/bn
    bool sep_names = false;       // conv2_1/dw, conv2_1/sep, as shicai's classifier has them
    bool depthwise_type = false;  // DepthwiseConvolution; or Convolution with a group
    const char* activation = "ReLU";
    bool old_shapes = false;  // of the blobs: num, channels, height, width
    bool double_data = false;
    // classifier
    bool inner_product = false;  // or fc7 as a 1x1 convolution
    bool softmax = true;
    bool dropout = false;
    // detector
    int head_kernel = 1;
};

/// Network and parameters in one message.
caffe::NetParameter caffe_classifier(const CaffeStyle& style);
caffe::NetParameter caffe_detector(const CaffeStyle& style);

/// The same in the old form, V1LayerParameter; only for what it has (no batch norm, no detector).
caffe::NetParameter in_old_form(const caffe::NetParameter& net);

/// The text without the parameters, and the binary file.
std::string prototxt_of(caffe::NetParameter net);
std::string caffemodel_of(const caffe::NetParameter& net);

/// The layer of that name.
caffe::LayerParameter& layer_of(caffe::NetParameter& net, const std::string& name);

}  // namespace ssdgen::test
