#include <doctest/doctest.h>

#include "weights/caffe_networks.h"
#include "weights/import_caffe.h"
#include "weights/message.h"

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

std::string error_of(const std::string& model, const std::string& prototxt, const ImportOptions& options) {
    return message_of([&] { import_caffemodel_bytes(model, "net.caffemodel", prototxt, "net.prototxt", options); });
}

std::string error_of(const caffe::NetParameter& net) {
    return error_of(caffemodel_of(net), prototxt_of(net), {{0}, {1}, std::nullopt, ""});
}

std::string text_error(const std::string& prototxt) {
    return error_of(caffemodel_of(caffe_classifier({})), prototxt, {{0}, {1}, std::nullopt, ""});
}

}  // namespace

TEST_CASE("a prototxt that does not parse: line and column") {
    CHECK(text_error("name: \"x\"\nlayer {\n  nam: \"y\"\n}\n") ==
          "net.prototxt:3:6: Message type \"LayerParameter\" has no field named \"nam\"; allowed: a network in "
          "protobuf's text format, with the fields of Caffe's caffe.proto");
    CHECK(text_error("layer {") ==
          "net.prototxt:1:8: Expected identifier, got: ; allowed: a network in protobuf's text format, with the fields "
          "of Caffe's caffe.proto");
    CHECK(text_error("") == "net.prototxt: has no layer; allowed: a network");
}

TEST_CASE("mean and scale, which a Caffe network does not state") {
    const caffe::NetParameter net = caffe_classifier({});
    CHECK(error_of(caffemodel_of(net), prototxt_of(net), {}) ==
          "net.prototxt: states no input normalisation; give --mean and --scale, or --mean and --std");
}

TEST_CASE("a layer that is not understood is named with its type") {
    caffe::NetParameter net = caffe_classifier({});
    layer_of(net, "conv1/relu").set_type("PReLU");
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv1/relu' (PReLU): is of a type that is not understood; allowed: BatchNorm, Clip, "
          "Concat, Convolution, ConvolutionDepthwise, DepthwiseConvolution, DetectionOutput, Dropout, Flatten, "
          "InnerProduct, Input, Permute, Pooling, PriorBox, ReLU, ReLU6, Reshape, Scale, Sigmoid, Softmax, Split");
}

TEST_CASE("parameters that do not fit the prototxt") {
    const ImportOptions options{{0}, {1}, std::nullopt, ""};
    const std::string prototxt = prototxt_of(caffe_classifier({}));
    caffe::NetParameter net = caffe_classifier({});
    layer_of(net, "conv1").clear_blobs();
    CHECK(
        error_of(net) ==
        "net.caffemodel: has no parameters for layer 'conv1' (Convolution) of net.prototxt; allowed: those of the same "
        "network");
    net = caffe_classifier({});
    layer_of(net, "conv1").mutable_blobs()->RemoveLast();
    CHECK(error_of(net) ==
          "net.caffemodel: has 1 blobs for layer 'conv1' (Convolution); allowed: 2, as net.prototxt says");
    net = caffe_classifier({});
    layer_of(net, "conv1").mutable_blobs(0)->mutable_shape()->set_dim(0, 6);
    CHECK(error_of(net) == "net.caffemodel: layer 'conv1': has a blob of shape [6,8,1,1] with 96 values; allowed: 48");
    net = caffe_classifier({});
    layer_of(net, "conv1").mutable_convolution_param()->set_num_output(11);
    CHECK(error_of(net) ==
          "net.caffemodel: has weights of shape [12,8,1,1] for layer 'conv1' (Convolution); allowed: [11,8,1,1]");
    CaffeStyle with_batch_norm;
    with_batch_norm.batch_norm = true;
    net = caffe_classifier(with_batch_norm);
    for (caffe::LayerParameter& layer : *net.mutable_layer())
        if (layer.type() == "Convolution" && layer.name() != "fc7")
            *layer.add_blobs() = layer_of(net, "conv0/bn").blobs(0);
    for (const char* name : {"conv0", "conv1/dw", "conv1", "conv2/dw", "conv2"})
        *layer_of(net, name).mutable_blobs(1) = layer_of(net, std::string(name) + "/bn").blobs(0);
    CHECK(error_of(caffemodel_of(net), prototxt, options) ==
          "net.caffemodel: has parameters of 10 layers that net.prototxt lacks, 'conv0/bn' one of them; allowed: the "
          "same "
          "network");
}

TEST_CASE("windows, groups and pools that a description cannot say") {
    caffe::NetParameter net = caffe_classifier({});
    layer_of(net, "conv0").mutable_convolution_param()->add_kernel_size(5);
    CHECK(
        error_of(net) ==
        "net.prototxt: layer 'conv0' (Convolution): has kernel 3x5, stride 2x2, dilation 1x1, pad 1x1; allowed: square "
        "kernel, stride and dilation of 1 to 255, pad of 0 to 255, each given once");
    net = caffe_classifier({});
    layer_of(net, "conv1/dw").mutable_convolution_param()->set_group(2);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv1/dw' (Convolution): has group 2 and num_output 8 on 8 channels; allowed: group 1, "
          "or "
          "both as many as channels (depthwise)");
    net = caffe_classifier({});
    auto& pool = *layer_of(net, "pool6").mutable_pooling_param();
    pool.set_pool(caffe::PoolingParameter::MAX);
    CHECK(error_of(net) == "net.prototxt: layer 'pool6' (Pooling): pools by MAX; allowed: AVE");
    pool.set_pool(caffe::PoolingParameter::AVE);
    pool.clear_global_pooling();
    pool.set_kernel_size(3);
    pool.set_stride(2);
    CHECK(
        error_of(net) ==
        "net.prototxt: layer 'pool6' (Pooling): has windows of 3x3 with stride 2 that leave over some of the 8x8 map; "
        "allowed: windows that use it up");
}

TEST_CASE("heads that a description cannot say") {
    caffe::NetParameter net = caffe_detector({});
    auto& given = *layer_of(net, "detection_out").mutable_detection_output_param();
    given.clear_code_type();
    CHECK(error_of(net) ==
          "net.prototxt: layer 'detection_out' (DetectionOutput): has code_type CORNER; allowed: CENTER_SIZE");
    net = caffe_detector({});
    layer_of(net, "conv2_mbox_priorbox").mutable_prior_box_param()->add_aspect_ratio(3);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'detection_out' (DetectionOutput): takes boxes of shape [1,1024]; allowed: [1,1536], "
          "permuted and unconverted");
    net = caffe_detector({});
    layer_of(net, "conv2_mbox_priorbox").mutable_prior_box_param()->set_clip(true);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'detection_out' (DetectionOutput): takes priors that differ in flip, clip, offset or "
          "variance; allowed: the same for all sources");
    net = caffe_detector({});
    layer_of(net, "conv2_mbox_loc_perm").mutable_permute_param()->set_order(1, 3);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv2_mbox_loc_perm' (Permute): has order [0,3,3,1] on shape [1,12,8,8]; allowed: "
          "[0,2,3,1] on the map of one layer");
}

TEST_CASE("a text file that is named .caffemodel") {
    CHECK(error_of("name: \"x\"\nlayer { }\n", prototxt_of(caffe_classifier({})), {{0}, {1}, std::nullopt, ""}) ==
          "net.caffemodel: is no .caffemodel, or a damaged one; allowed: a network in protobuf's binary format");
}
