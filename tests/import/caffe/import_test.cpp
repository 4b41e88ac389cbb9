#include "import/caffe/import.h"

#include "description/read.h"
#include "description/write.h"
#include "tools/caffe_networks.h"

#include <doctest/doctest.h>
#include <google/protobuf/text_format.h>

#include <cmath>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const ImportOptions bgr_127{{127.5F}, {0.007843F}, std::nullopt, ""};

Imported import_net(const caffe::NetParameter& net, const ImportOptions& options = bgr_127) {
    return import_caffemodel_bytes(caffemodel_of(net), "net.caffemodel", prototxt_of(net), "net.prototxt", options);
}

std::string names(const std::vector<LayerDescription>& layers) {
    std::string text;
    for (const LayerDescription& layer : layers) text += layer.name + " ";
    return text;
}

std::vector<float> data_of(caffe::NetParameter net, const std::string& layer, int blob) {
    const auto& data = layer_of(net, layer).blobs(blob).data();
    return {data.begin(), data.end()};
}

/// A convolution with weights of that shape on a picture of 9x12, and a pool on it, by their parameters.
caffe::NetParameter convolution_and_pool(const std::string& convolution, const std::vector<int>& shape,
                                         const std::string& pool) {
    caffe::NetParameter net;
    const std::string text =
        "name: 'net' input: 'data' input_shape { dim: 1 dim: 3 dim: 9 dim: 12 }"
        "layer { name: 'conv' type: 'Convolution' bottom: 'data' top: 'conv' "
        "convolution_param { num_output: 4 bias_term: false " +
        convolution +
        " } } layer { name: 'pool' type: 'Pooling' bottom: 'conv' top: 'pool' "
        "pooling_param { " +
        pool + " } }";
    REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &net));
    caffe::BlobProto& blob = *layer_of(net, "conv").add_blobs();
    int count = 1;
    for (const int size : shape) {
        blob.mutable_shape()->add_dim(size);
        count *= size;
    }
    for (int i = 0; i < count; ++i) blob.add_data(static_cast<float>(i));
    return net;
}

}  // namespace

TEST_CASE("windows that differ between rows and columns, in each of Caffe's forms") {
    const std::vector<int> shape{4, 3, 3, 5};
    const char* const pool = "pool: AVE kernel_h: 1 kernel_w: 2 stride_h: 1 stride_w: 2";
    for (const char* const given :
         {"kernel_h: 3 kernel_w: 5 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0 dilation: 1 dilation: 2",
          "kernel_size: 3 kernel_size: 5 stride: 2 stride: 1 pad: 1 pad: 0 dilation: 1 dilation: 2"}) {
        CAPTURE(std::string(given));
        const caffe::NetParameter net = convolution_and_pool(given, shape, pool);
        const Imported imported = import_net(net);
        REQUIRE(imported.description.backbone.size() == 1);
        const LayerDescription& conv = imported.description.backbone[0];
        CHECK(conv.kind == LayerKind::convolution);
        CHECK(conv.kernel == PerAxis{3, 5});
        CHECK(conv.stride == PerAxis{2, 1});
        CHECK(conv.dilation == PerAxis{1, 2});
        CHECK(conv.pad == Pads{1, 0, 1, 0});
        REQUIRE(imported.description.classifier.size() == 1);
        CHECK(imported.description.classifier[0].kernel == PerAxis{1, 2});
        CHECK(imported.description.classifier[0].stride == PerAxis{1, 2});
        CHECK(imported.weights.tensors.at("conv.weight").shape == shape);
        CHECK(imported.weights.tensors.at("conv.weight").values() == data_of(net, "conv", 0));
        const Weights alone = read_caffemodel_weights(caffemodel_of(net), "net.caffemodel", imported.description);
        CHECK(alone.tensors.at("conv.weight").shape == shape);
    }
    const Imported most = import_net(convolution_and_pool(
        "kernel_size: 1", {4, 3, 1, 1}, "pool: MAX kernel_h: 3 kernel_w: 1 stride_h: 2 stride_w: 11"));
    CHECK(most.description.backbone.back().kernel == PerAxis{3, 1});
    CHECK(most.description.backbone.back().stride == PerAxis{2, 11});
    // Padded as usual along each axis, and a row of columns, which is no pointwise layer.
    const Imported usual =
        import_net(convolution_and_pool("kernel_h: 1 kernel_w: 7 pad_h: 0 pad_w: 6 dilation: 3 dilation: 2",
                                        {4, 3, 1, 7}, "pool: AVE kernel_h: 9 kernel_w: 12"));
    CHECK(usual.description.backbone[0].kind == LayerKind::convolution);
    CHECK(usual.description.backbone[0].kernel == PerAxis{1, 7});
    CHECK_FALSE(usual.description.backbone[0].pad.has_value());
    CHECK(usual.description.classifier[0].kernel == 0);
}

TEST_CASE("every published style of a classifier is the same description and the same weights") {
    const caffe::NetParameter plain = caffe_classifier({});
    const Imported wanted = import_net(plain);
    CHECK(names(wanted.description.backbone) == "conv0 conv1/dw conv1 conv2/dw conv2 ");
    CHECK(names(wanted.description.classifier) == "pool fc prob ");
    CHECK(wanted.description.name == "Caffe_Net");
    CHECK(wanted.description.input.order == ChannelOrder::bgr);
    CHECK(wanted.weights.tensors.size() == 12);
    CHECK(wanted.weights.tensors.at("conv1/dw.weight").shape == std::vector<int>{8, 1, 3, 3});
    CHECK(wanted.weights.tensors.at("conv1/dw.weight").values() == data_of(plain, "conv1/dw", 0));
    CHECK(wanted.weights.tensors.at("fc.weight").shape == std::vector<int>{10, 16});
    CHECK(wanted.weights.tensors.at("fc.weight").values() == data_of(plain, "fc7", 0));
    const std::string text = write_description(wanted.description);
    CHECK(write_description(parse_description(text, "net.json")) == text);

    std::vector<std::pair<const char*, CaffeStyle>> styles(9);
    styles[0] = {"input layer", {}};
    styles[0].second.input = CaffeInput::layer;
    styles[1] = {"input_dim", {}};
    styles[1].second.input = CaffeInput::dim;
    styles[2] = {"not in place", {}};
    styles[2].second.in_place = false;
    styles[3] = {"other names", {}};
    styles[3].second.sep_names = true;
    styles[4] = {"DepthwiseConvolution", {}};
    styles[4].second.depthwise_type = true;
    styles[5] = {"old shapes", {}};
    styles[5].second.old_shapes = true;
    styles[6] = {"double", {}};
    styles[6].second.double_data = true;
    styles[7] = {"InnerProduct", {}};
    styles[7].second.inner_product = true;
    styles[8] = {"dropout", {}};
    styles[8].second.dropout = true;
    for (const auto& [name, style] : styles) {
        CAPTURE(name);
        const Imported found = import_net(caffe_classifier(style));
        CHECK(write_description(found.description) == text);
        for (const auto& [tensor, value] : wanted.weights.tensors) {
            CAPTURE(tensor);
            CHECK(found.weights.tensors.at(tensor).shape == value.shape);
            CHECK(found.weights.tensors.at(tensor).values() == value.values());
        }
    }
    const Imported old = import_net(in_old_form(plain));
    CHECK(write_description(old.description) == text);
    CHECK(old.weights.tensors.at("fc.weight").values() == wanted.weights.tensors.at("fc.weight").values());
}

TEST_CASE("batch norms become tensors: sums divided by the factor, or 0 for a factor of 0") {
    CaffeStyle style;
    style.batch_norm = true;
    for (const bool zero : {false, true}) {
        style.zero_factor = zero;
        const caffe::NetParameter net = caffe_classifier(style);
        const Imported imported = import_net(net);
        CHECK(imported.description.batch_norm_epsilon == 1e-5F);
        const auto& tensors = imported.weights.tensors;
        CHECK(tensors.at("conv1/dw.batch_norm.gamma").values() == data_of(net, "conv1/dw/scale", 0));
        CHECK(tensors.at("conv1/dw.batch_norm.beta").values() == data_of(net, "conv1/dw/scale", 1));
        std::vector<float> mean = data_of(net, "conv1/dw/bn", 0);
        std::vector<float> variance = data_of(net, "conv1/dw/bn", 1);
        const float factor = zero ? 0 : 1 / 1.5F;
        for (float& value : mean) value *= factor;
        for (float& value : variance) value *= factor;
        CHECK(tensors.at("conv1/dw.batch_norm.mean").values() == mean);
        CHECK(tensors.at("conv1/dw.batch_norm.variance").values() == variance);
        CHECK(tensors.count("fc.batch_norm.mean") == 0);
    }
}

TEST_CASE("a Scale alone is multiplied into the weights") {
    CaffeStyle style;
    style.batch_norm = true;
    caffe::NetParameter net = caffe_classifier(style);
    auto* layers = net.mutable_layer();
    for (int i = layers->size() - 1; i >= 0; --i)
        if (layers->Get(i).name() == "conv1/bn") layers->DeleteSubrange(i, 1);
    const auto tensors = import_net(net).weights.tensors;
    CHECK(tensors.count("conv1.batch_norm.mean") == 0);
    CHECK(tensors.at("conv1.weight").values()[9] == data_of(net, "conv1", 0)[9] * data_of(net, "conv1/scale", 0)[1]);
    CHECK(tensors.at("conv1.bias").values() == data_of(net, "conv1/scale", 1));
}

TEST_CASE("a detector's PriorBox and DetectionOutput go into its head, with Caffe's defaults") {
    caffe::NetParameter net = caffe_detector({});
    const Imported imported = import_net(net);
    const Description& d = imported.description;
    CHECK(names(d.backbone) == "conv0 conv1/dw conv1 conv2/dw conv2 ");
    CHECK(names(d.extras) == "conv3_1 conv3_2 ");
    const HeadDescription& head = d.head.value();
    CHECK(head.kernel == 1);
    CHECK(head.classes == 3);
    CHECK(head.background == 0);
    CHECK(head.scores == ScoreConversion::softmax);
    CHECK(head.box_code.order == BoxOrder::xywh);
    CHECK(head.box_code.variances == std::array<float, 4>{0.1F, 0.1F, 0.2F, 0.2F});
    CHECK(head.priors.flip);
    CHECK(!head.priors.clip);
    CHECK(head.priors.offset == 0.5F);
    CHECK(head.priors.size_rounding == PriorSizeRounding::truncate);
    REQUIRE(head.sources.size() == 2);
    CHECK(head.sources[1].layer == "conv3_2");
    CHECK(head.sources[1].boxes == 4);
    CHECK(head.sources[1].min_sizes == std::vector<double>{12});
    CHECK(head.sources[1].max_sizes == std::vector<double>{20});
    CHECK(head.sources[1].aspect_ratios == std::vector<double>{2});
    CHECK(head.sources[0].max_sizes.empty());
    CHECK(head.sources[0].step == 0);
    const PostProcessing& post = head.post_processing;
    CHECK(post.dialect == Dialect::caffe_ssd);
    CHECK(post.score_threshold == 0.2F);
    CHECK(post.iou_threshold == 0.45F);
    CHECK(post.detections_per_class == 100);
    CHECK(post.max_detections == 50);

    auto& given = *layer_of(net, "detection_out").mutable_detection_output_param();
    given.Clear();
    given.set_num_classes(3);
    given.set_code_type(caffe::PriorBoxParameter::CENTER_SIZE);
    for (const char* source : {"conv2", "conv3_2"}) {
        auto& priors = *layer_of(net, std::string(source) + "_mbox_priorbox").mutable_prior_box_param();
        priors.clear_variance();
        priors.set_step(16.5F);
        priors.set_min_size(0, 10.1F);
    }
    const HeadDescription bare = import_net(net).description.head.value();
    CHECK(bare.post_processing.iou_threshold == 0.3F);
    CHECK(bare.post_processing.score_threshold == 0);
    CHECK(bare.post_processing.detections_per_class == -1);
    CHECK(bare.post_processing.max_detections == -1);
    CHECK(bare.post_processing.eta == 1);
    CHECK(bare.box_code.variances == std::array<float, 4>{0.1F, 0.1F, 0.1F, 0.1F});
    CHECK(bare.sources[0].step == 16.5);
    CHECK(bare.sources[0].min_sizes == std::vector<double>{10.1});
    given.set_variance_encoded_in_target(true);
    CHECK(import_net(net).description.head->box_code.variances == std::array<float, 4>{1, 1, 1, 1});
}

TEST_CASE("several min sizes, and a head of 3x3") {
    CaffeStyle style;
    style.head_kernel = 3;
    caffe::NetParameter net = caffe_detector(style);
    auto& priors = *layer_of(net, "conv2_mbox_priorbox").mutable_prior_box_param();
    priors.clear_aspect_ratio();
    priors.add_min_size(9);
    priors.add_min_size(10);
    const HeadDescription head = import_net(net).description.head.value();
    CHECK(head.kernel == 3);
    CHECK(head.sources[0].min_sizes == std::vector<double>{8, 9, 10});
    CHECK(head.sources[0].boxes == 3);
}

TEST_CASE("ReLU6 and Clip to 6 are relu6; no activation is none") {
    for (const char* type : {"ReLU6", "Clip", "ReLU", ""}) {
        CaffeStyle style;
        style.activation = type;
        const std::string name = type;
        const Activation wanted = name.empty()     ? Activation::none
                                  : name == "ReLU" ? Activation::relu
                                                   : Activation::relu6;
        for (const LayerDescription& layer : import_net(caffe_classifier(style)).description.backbone)
            CHECK(layer.activation == wanted);
    }
}

TEST_CASE("a max pool rounds up unless it says FLOOR, and one over the whole map is global") {
    caffe::NetParameter net = caffe_classifier({});
    caffe::PoolingParameter& given = *layer_of(net, "pool6").mutable_pooling_param();  // on a map of 8x8
    given.set_pool(caffe::PoolingParameter::MAX);
    net.mutable_layer()->RemoveLast();  // the softmax, which has no map to be over
    const auto pool_of = [](const Description& description) {
        for (const auto* section : {&description.backbone, &description.classifier})
            for (const LayerDescription& layer : *section)
                if (layer.kind == LayerKind::max_pool) return layer;
        return LayerDescription{};
    };
    CHECK(pool_of(import_net(net).description).kernel == 0);
    given.clear_global_pooling();
    given.set_kernel_size(3);
    given.set_stride(2);
    LayerDescription pool = pool_of(import_net(net).description);
    CHECK(pool.kernel == 3);
    CHECK(pool.stride == 2);
    CHECK(pool.pad == Pads{0, 0, 0, 0});
    CHECK(pool.rounding == PoolRounding::ceil);
    given.set_pad(1);
    given.set_round_mode(caffe::PoolingParameter::FLOOR);
    pool = pool_of(import_net(net).description);
    CHECK(pool.pad == std::nullopt);
    CHECK(pool.rounding == PoolRounding::floor);
    given.clear_pad();
    given.set_pad_w(2);
    CHECK(pool_of(import_net(net).description).pad == Pads{0, 2, 0, 2});
    given.clear_pad_w();
    given.set_kernel_size(8);
    CHECK(pool_of(import_net(net).description).kernel == 0);
}

namespace {

/// The classifier with a max pool and a 1x1 convolution that is called "pool" before its own pool.
caffe::NetParameter with_two_pools() {
    CaffeStyle style;
    style.sep_names = true;
    caffe::NetParameter net = caffe_classifier(style);
    const auto insert = [&net](const std::string& name, const std::string& type, const std::string& bottom) {
        int at = net.layer_size();
        caffe::LayerParameter& added = *net.add_layer();
        for (; net.layer(at - 1).name() != "pool6"; --at) net.mutable_layer()->SwapElements(at, at - 1);
        net.mutable_layer()->SwapElements(at, at - 1);
        added.set_name(name);
        added.set_type(type);
        added.add_bottom(bottom);
        added.add_top(name);
        return &added;
    };
    const std::string bottom = layer_of(net, "pool6").bottom(0);
    caffe::PoolingParameter& given = *insert("pool5", "Pooling", bottom)->mutable_pooling_param();  // MAX, by default
    given.set_kernel_size(2);
    given.set_stride(2);
    caffe::LayerParameter& layer = *insert("pool", "Convolution", "pool5");
    layer.mutable_convolution_param()->set_num_output(16);
    layer.mutable_convolution_param()->add_kernel_size(1);
    layer.mutable_convolution_param()->set_bias_term(false);
    caffe::BlobProto& blob = *layer.add_blobs();
    for (const int size : {16, 16, 1, 1}) blob.mutable_shape()->add_dim(size);
    for (int i = 0; i < 16 * 16; ++i) blob.add_data(static_cast<float>(i));
    layer_of(net, "pool6").set_bottom(0, "pool");
    return net;
}

}  // namespace

TEST_CASE("a .caffemodel by itself tells max pools from average pools, in either form") {
    const caffe::NetParameter net = with_two_pools();
    const Imported imported = import_net(net);
    CHECK(imported.weights.tensors.count("pool_2.weight") == 1);  // the average pool is the one called "pool"
    CHECK(imported.weights.tensors.count("fc.weight") == 1);
    for (const caffe::NetParameter& form : {net, in_old_form(net)}) {
        const Weights weights = read_caffemodel_weights(caffemodel_of(form), "net.caffemodel", imported.description);
        for (const auto& [name, tensor] : imported.weights.tensors) {
            CAPTURE(name);
            REQUIRE(weights.tensors.count(name) == 1);
            CHECK(weights.tensors.at(name).values() == tensor.values());
        }
    }
}

TEST_CASE("a last 1x1 convolution is fully connected after a global max pool too, for a .caffemodel by itself") {
    CaffeStyle style;
    style.sep_names = true;
    caffe::NetParameter net = caffe_classifier(style);
    layer_of(net, "pool6").mutable_pooling_param()->set_pool(caffe::PoolingParameter::MAX);
    const Imported imported = import_net(net);
    const Weights weights = read_caffemodel_weights(caffemodel_of(net), "net.caffemodel", imported.description);
    REQUIRE(weights.tensors.count("fc.weight") == 1);
    CHECK(weights.tensors.at("fc.weight").values() == imported.weights.tensors.at("fc.weight").values());
}

TEST_CASE("weights for a description: by the file's names, or by the canonical ones") {
    for (const bool batch_norm : {false, true}) {
        CaffeStyle style;
        style.batch_norm = batch_norm;
        for (const bool sep_names : {false, true}) {
            style.sep_names = sep_names;
            const caffe::NetParameter net = caffe_classifier(style);
            const Imported imported = import_net(net);
            const Weights weights = read_caffemodel_weights(caffemodel_of(net), "net.caffemodel", imported.description);
            CHECK(weights.tensors.size() == imported.weights.tensors.size());
            for (const auto& [name, tensor] : imported.weights.tensors) {
                CAPTURE(name);
                REQUIRE(weights.tensors.count(name) == 1);
                CHECK(weights.tensors.at(name).shape == tensor.shape);
                CHECK(weights.tensors.at(name).values() == tensor.values());
            }
        }
        style.sep_names = false;
        const caffe::NetParameter net = caffe_detector(style);
        const Imported imported = import_net(net);
        const Weights weights = read_caffemodel_weights(caffemodel_of(net), "net.caffemodel", imported.description);
        CHECK(weights.tensors.size() == imported.weights.tensors.size());
        CHECK(weights.tensors.at("conv3_2_mbox_conf.weight").values() ==
              imported.weights.tensors.at("conv3_2_mbox_conf.weight").values());
    }
    CaffeStyle style;
    style.sep_names = true;
    style.inner_product = true;
    const caffe::NetParameter net = caffe_classifier(style);
    Description own = import_net(net).description;
    const char* const of_file[] = {"conv1", "conv2_1/dw", "conv2_1/sep", "conv2_2/dw", "conv2_2/sep"};
    for (std::size_t i = 0; i < 5; ++i) own.backbone[i].name = of_file[i];
    own.classifier[1].name = "fc7";
    const Weights weights = read_caffemodel_weights(caffemodel_of(net), "net.caffemodel", own);
    CHECK(weights.tensors.at("conv2_1/sep.weight").values() == data_of(net, "conv2_1/sep", 0));
    CHECK(weights.tensors.at("fc7.weight").shape == std::vector<int>{10, 16});
}
