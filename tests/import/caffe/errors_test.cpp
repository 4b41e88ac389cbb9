#include "import/caffe/import.h"
#include "tools/caffe_networks.h"
#include "tools/message.h"

#include <doctest/doctest.h>

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
    CHECK(
        error_of(net) ==
        "net.prototxt: layer 'conv1/relu' (PReLU): is of a type that is not understood; allowed: BatchNorm, Clip, "
        "Concat, Convolution, ConvolutionDepthwise, DepthwiseConvolution, DetectionOutput, Dropout, Eltwise, Flatten, "
        "InnerProduct, Input, Permute, Pooling, PriorBox, ReLU, ReLU6, Reshape, Scale, Sigmoid, Softmax, Split");
    layer_of(net, "conv2/relu").set_type("Swish");
    layer_of(net, "fc7").set_type("Deconvolution");
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv1/relu' (PReLU): is of a type that is not understood, and so are 'conv2/relu' "
          "(Swish), 'fc7' "
          "(Deconvolution); allowed: BatchNorm, Clip, Concat, Convolution, ConvolutionDepthwise, DepthwiseConvolution, "
          "DetectionOutput, Dropout, Eltwise, Flatten, InnerProduct, Input, Permute, Pooling, PriorBox, ReLU, ReLU6, "
          "Reshape, "
          "Scale, Sigmoid, "
          "Softmax, Split");
}

TEST_CASE("a layer type that is not understood is named, whatever fields its layer has") {
    const std::string input = "input: 'data' input_shape { dim: 1 dim: 3 dim: 8 dim: 8 }\n";
    const auto layer = [&](const std::string& type, const std::string& fields) {
        return input + "layer { name: 'x' type: '" + type + "' bottom: 'data' top: 'x' " + fields + " }";
    };
    const std::string allowed =
        " is of a type that is not understood; allowed: BatchNorm, Clip, Concat, Convolution, ConvolutionDepthwise, "
        "DepthwiseConvolution, DetectionOutput, Dropout, Eltwise, Flatten, InnerProduct, Input, Permute, Pooling, "
        "PriorBox, "
        "ReLU, ReLU6, "
        "Reshape, Scale, Sigmoid, Softmax, Split";
    // Blocks of SSD's and BVLC's caffe.proto, and of forks.
    for (const auto& [type, fields] :
         {std::pair{"Normalize",
                    "norm_param { across_spatial: false scale_filler { type: 'constant' value: 20 } eps: 1e-9 }"},
          std::pair{"PReLU", "prelu_param { filler { value: 0.25 } channel_shared: true }"},
          std::pair{"LRN", "lrn_param { local_size: 5 alpha: 1e-4 beta: 0.75 norm_region: WITHIN_CHANNEL }"},
          std::pair{"LSTM", "recurrent_param { num_output: 8 expose_hidden: true }"},
          std::pair{"Swish", "swish_param { beta: 2 }"}, std::pair{"Crop", "crop_param { axis: 2 offset: 1 }"},
          std::pair{"Interp", "interp_param { zoom_factor: 2 }"},
          std::pair{"Upsample", "upsample_param { scale: 2 } another_thing: 3"}})
        CHECK(text_error(layer(type, fields)) == std::string("net.prototxt: layer 'x' (") + type + "):" + allowed);
    CHECK(text_error("layers { name: 'x' type: LRN bottom: 'data' top: 'x' lrn_param { local_size: 5 } }\n" + input) ==
          "net.prototxt: layer 'x' (LRN):" + allowed);
    // Of a type that is understood, and outside of layers, it is the field that is wrong.
    CHECK(text_error(layer("ReLU", "interp_param { zoom_factor: 2 }")) ==
          "net.prototxt:2:69: Message type \"LayerParameter\" has no field named \"interp_param\"; allowed: a network "
          "in protobuf's "
          "text format, with the fields of Caffe's caffe.proto");
    CHECK(text_error(layer("Interp", "") + " nonsense: 1") ==
          "net.prototxt:2:69: Message type \"NetParameter\" has no field named \"nonsense\"; allowed: a network in "
          "protobuf's text "
          "format, with the fields of Caffe's caffe.proto");
    CHECK(text_error("layers { layer { name: 'x' type: 'conv' kernelsize: 3 } bottom: 'data' top: 'x' }\n" + input) ==
          "net.prototxt: has layers of Caffe's oldest form (layers { layer { ... } }); allowed: layer { ... }, as "
          "Caffe's tool "
          "upgrade_net_proto_text makes it");
}

TEST_CASE("prototxt files of training") {
    const std::string cure =
        "; allowed: the deploy.prototxt of the same network, which has an input of the picture's shape instead and no "
        "loss";
    caffe::NetParameter net = caffe_detector({});
    const std::string deploy = prototxt_of(net);
    const std::string data =
        "layer { name: 'data' type: 'AnnotatedData' top: 'data' top: 'label' include { phase: TRAIN } transform_param "
        "{ mirror: true "
        "resize_param { prob: 1 resize_mode: WARP height: 300 width: 300 interp_mode: LINEAR } emit_constraint { "
        "emit_type: CENTER } "
        "distort_param { hue_prob: 0.5 } expand_param { prob: 0.5 } } data_param { source: 'x' batch_size: 32 backend: "
        "LMDB } "
        "annotated_data_param { batch_sampler { sampler { min_scale: 0.3 } max_trials: 50 } label_map_file: 'y' } }\n";
    const std::string loss =
        "layer { name: 'mbox_loss' type: 'MultiBoxLoss' bottom: 'mbox_loc' bottom: 'mbox_conf' top: 'mbox_loss' "
        "include { phase: TRAIN } "
        "loss_param { normalization: VALID } multibox_loss_param { loc_loss_type: SMOOTH_L1 mining_type: MAX_NEGATIVE "
        "num_classes: 3 } }\n";
    net.clear_input();
    net.clear_input_shape();
    CHECK(text_error(data + prototxt_of(net) + loss) ==
          "net.prototxt: is a prototxt of training: layer 'data' (AnnotatedData) reads data, layer 'mbox_loss' "
          "(MultiBoxLoss) computes a "
          "loss" +
              cure);
    CHECK(text_error(deploy + "layer { name: 'eval' type: 'DetectionEvaluate' bottom: 'detection_out' top: 'eval' "
                              "detection_evaluate_param { num_classes: 3 } }\n") ==
          "net.prototxt: is a prototxt of training: layer 'eval' (DetectionEvaluate) measures accuracy" + cure);
    CHECK(
        text_error("net: 'train.prototxt'\nbase_lr: 0.0005\nlr_policy: 'multistep'\n") ==
        "net.prototxt: is the file of a solver, which says how to train; allowed: the deploy.prototxt of the network");
    // With an input of its own, what is for training only does no harm.
    caffe::NetParameter whole = caffe_detector({});
    CHECK(error_of(caffemodel_of(whole), deploy + loss, {{0}, {1}, std::nullopt, ""}) == "");
}

TEST_CASE("steps of priors: one for both axes, or one each") {
    const ImportOptions options{{0}, {1}, std::nullopt, ""};
    caffe::NetParameter net = caffe_detector({});
    auto& given = *layer_of(net, "conv2_mbox_priorbox").mutable_prior_box_param();
    const auto step = [&] {
        return import_caffemodel_bytes(caffemodel_of(net), "net.caffemodel", prototxt_of(net), "net.prototxt", options)
            .description.head->sources[0]
            .step;
    };
    given.set_step_h(5);
    given.set_step_w(5);
    CHECK(step() == 5);
    given.set_step_w(6);
    CHECK(step().height == 5);
    CHECK(step().width == 6);
    given.set_step(5);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv2_mbox_priorbox' (PriorBox): has step 5 beside step_h 5 and step_w 6; allowed: "
          "step, or the other "
          "two");
    given.clear_step();
    given.clear_step_w();
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv2_mbox_priorbox' (PriorBox): has step 5x0 (height, width); allowed: both above 0, "
          "at most 1e6");
}

TEST_CASE("concat_dim is the older field for axis") {
    caffe::NetParameter net = caffe_detector({});
    for (caffe::LayerParameter& layer : *net.mutable_layer())
        if (layer.type() == "Concat") {
            const int axis = layer.concat_param().axis();
            layer.mutable_concat_param()->Clear();
            layer.mutable_concat_param()->set_concat_dim(static_cast<unsigned>(axis));
        }
    CHECK(error_of(net) == "");
    layer_of(net, "mbox_priorbox").mutable_concat_param()->set_axis(2);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'mbox_priorbox' (Concat): has axis 2 and concat_dim 2; allowed: one of the two, which "
          "mean the same");
    layer_of(net, "mbox_priorbox").mutable_concat_param()->clear_axis();
    layer_of(net, "mbox_priorbox").mutable_concat_param()->set_concat_dim(1);
    CHECK(error_of(net) == "net.prototxt: layer 'mbox_priorbox' (Concat): joins priors along axis 1; allowed: 2");
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
    const std::string renamed = prototxt_of(net);
    layer_of(net, "conv1").set_name("conv_1");
    layer_of(net, "conv2").set_name("another");
    CHECK(error_of(caffemodel_of(net), renamed, options) ==
          "net.caffemodel: has no parameters for 2 layers of net.prototxt: 'conv1' (Convolution; nearest 'conv_1'), "
          "'conv2' "
          "(Convolution), and parameters of 2 layers that net.prototxt lacks: 'another', 'conv_1'; allowed: those of "
          "the same network");
    net = caffe_classifier({});
    layer_of(net, "conv1").mutable_blobs()->RemoveLast();
    CHECK(error_of(net) ==
          "net.caffemodel: has 1 blob for layer 'conv1' (Convolution); allowed: 2, as net.prototxt says");
    layer_of(net, "conv0").mutable_convolution_param()->set_num_output(9);
    layer_of(net, "conv1/dw").mutable_convolution_param()->set_group(9);
    layer_of(net, "conv1/dw").mutable_convolution_param()->set_num_output(9);
    CHECK(error_of(net) ==
          "net.caffemodel: does not fit net.prototxt in 6 blobs:\n"
          "  has weights of shape [8,3,3,3] for layer 'conv0' (Convolution); allowed: [9,3,3,3]\n"
          "  has a blob of shape [8] for layer 'conv0' (Convolution); allowed: one number for each of 9 channels\n"
          "  has weights of shape [8,1,3,3] for layer 'conv1/dw' (Convolution); allowed: [9,1,3,3]\n"
          "  has a blob of shape [8] for layer 'conv1/dw' (Convolution); allowed: one number for each of 9 channels\n"
          "  has 1 blob for layer 'conv1' (Convolution); allowed: 2, as net.prototxt says\n"
          "  has weights of shape [12,8,1,1] for layer 'conv1' (Convolution); allowed: [12,9,1,1]");
    net = caffe_classifier({});
    layer_of(net, "conv1").mutable_blobs(0)->mutable_shape()->set_dim(0, 6);
    CHECK(error_of(net) == "net.caffemodel: layer 'conv1': has a blob of shape [6,8,1,1] with 96 values; allowed: 48");
    net = caffe_classifier({});
    layer_of(net, "conv1").mutable_convolution_param()->set_num_output(11);
    CHECK(error_of(net) ==
          "net.caffemodel: does not fit net.prototxt in 2 blobs:\n"
          "  has weights of shape [12,8,1,1] for layer 'conv1' (Convolution); allowed: [11,8,1,1]\n"
          "  has a blob of shape [12] for layer 'conv1' (Convolution); allowed: one number for each of 11 channels");
    CaffeStyle with_batch_norm;
    with_batch_norm.batch_norm = true;
    net = caffe_classifier(with_batch_norm);
    for (caffe::LayerParameter& layer : *net.mutable_layer())
        if (layer.type() == "Convolution" && layer.name() != "fc7")
            *layer.add_blobs() = layer_of(net, "conv0/bn").blobs(0);
    for (const char* name : {"conv0", "conv1/dw", "conv1", "conv2/dw", "conv2"})
        *layer_of(net, name).mutable_blobs(1) = layer_of(net, std::string(name) + "/bn").blobs(0);
    CHECK(error_of(caffemodel_of(net), prototxt, options) ==
          "net.caffemodel: has batch norms (5 BatchNorm layers, 'conv0/bn' the first), but net.prototxt has none; "
          "allowed: the prototxt "
          "with the BatchNorm and Scale layers, or a .caffemodel whose batch norms are merged into the convolutions");
    CHECK(error_of(caffemodel_of(caffe_classifier({})), prototxt_of(caffe_classifier(with_batch_norm)), options) ==
          "net.caffemodel: has no batch norm, but net.prototxt has 5 BatchNorm layers, 'conv0/bn' the first; allowed: "
          "the prototxt whose "
          "batch norms are merged into the convolutions (no BatchNorm, no Scale), or the .caffemodel from before the "
          "merge");
}

TEST_CASE("windows, groups and pools that a description cannot say") {
    caffe::NetParameter net = caffe_classifier({});
    layer_of(net, "conv0").mutable_convolution_param()->add_kernel_size(256);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv0' (Convolution): has kernel 3x256, stride 2x2, dilation 1x1, pad 1x1; allowed: "
          "kernel, stride and dilation of 1 to 255, pad of 0 to 255, each given once");
    net = caffe_classifier({});
    layer_of(net, "conv0").mutable_convolution_param()->set_kernel_h(3);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv0' (Convolution): has kernel 3x0, stride 2x2, dilation 1x1, pad 1x1; allowed: "
          "kernel, stride and dilation of 1 to 255, pad of 0 to 255, each given once");
    net = caffe_classifier({});
    layer_of(net, "conv1/dw").mutable_convolution_param()->set_group(2);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'conv1/dw' (Convolution): has group 2 and num_output 8 on 8 channels; allowed: group 1, "
          "or "
          "both as many as channels (depthwise)");
    net = caffe_classifier({});
    auto& pool = *layer_of(net, "pool6").mutable_pooling_param();
    pool.set_pool(caffe::PoolingParameter::STOCHASTIC);
    CHECK(error_of(net) == "net.prototxt: layer 'pool6' (Pooling): pools by STOCHASTIC; allowed: AVE, MAX");
    pool.set_pool(caffe::PoolingParameter::AVE);
    pool.set_stride_h(2);
    CHECK(error_of(net) == "net.prototxt: layer 'pool6' (Pooling): has stride 2x0; allowed: 1 to 255");
    pool.clear_stride_h();
    pool.clear_global_pooling();
    pool.set_kernel_h(2);
    pool.set_kernel_w(9);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'pool6' (Pooling): has a window of 2x9 on a map of 8x8; allowed: one that fits, or "
          "global_pooling");
    pool.clear_kernel_h();
    pool.clear_kernel_w();
    pool.set_pool(caffe::PoolingParameter::AVE);
    pool.clear_global_pooling();
    pool.set_kernel_size(3);
    pool.set_stride(2);
    CHECK(
        error_of(net) ==
        "net.prototxt: layer 'pool6' (Pooling): has windows of 3x3 with stride 2 that leave over some of the 8x8 map; "
        "allowed: windows that use it up");
    pool.set_pool(caffe::PoolingParameter::MAX);
    pool.set_pad(3);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'pool6' (Pooling): has windows of 3x3 with stride 2 that lie beside the 8x8 map; "
          "allowed: windows of which a pixel at least is inside");
    pool.clear_kernel_size();
    pool.set_kernel_h(3);
    pool.set_kernel_w(0);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'pool6' (Pooling): has kernel 3x0, stride 2x2, pad 3x3; allowed: kernel and "
          "stride of 1 to 255, pad of 0 to 255");
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
          "net.prototxt: layer 'detection_out' (DetectionOutput): layer 'conv2_mbox_loc' has 12 outputs, 3 boxes a "
          "cell, but layer "
          "'conv2_mbox_priorbox' (PriorBox) makes 5; allowed: 4 box outputs and num_classes score outputs a box");
    net = caffe_detector({});
    layer_of(net, "detection_out").mutable_detection_output_param()->set_num_classes(2);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'detection_out' (DetectionOutput): layer 'conv2_mbox_conf' has 9 outputs, 3 classes for "
          "each of 3 boxes a "
          "cell, but num_classes is 2, layer 'conv3_2_mbox_conf' has 12 outputs, 3 classes for each of 4 boxes a cell, "
          "but num_classes "
          "is 2; allowed: 4 box outputs and num_classes score outputs a box");
    net = caffe_detector({});
    layer_of(net, "mbox_conf_reshape").mutable_reshape_param()->mutable_shape()->set_dim(2, 1);
    CHECK(error_of(net) ==
          "net.prototxt: layer 'detection_out' (DetectionOutput): has num_classes 3, and layer 'mbox_conf_softmax' "
          "(Softmax) takes 1 "
          "values at a time; allowed: the same number");
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
