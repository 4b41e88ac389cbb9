// Claims: layers of several maps become layers of a description, and a .caffemodel alone is put together with them.
#include "import/caffe/import.h"

#include "description/write.h"
#include "tools/caffe_networks.h"
#include "tools/message.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Names = std::vector<std::string>;

Imported import_net(const caffe::NetParameter& net) {
    return import_caffemodel_bytes(caffemodel_of(net), "net.caffemodel", prototxt_of(net), "net.prototxt",
                                   {{0}, {1}, std::nullopt, ""});
}

std::string error_of(const caffe::NetParameter& net) {
    return message_of([&] { import_net(net); });
}

/// A layer without parameters, put behind the one of that name.
caffe::LayerParameter& insert_after(caffe::NetParameter& net, const std::string& place, const std::string& name,
                                    const char* type, const Names& bottoms) {
    caffe::LayerParameter& added = *net.add_layer();
    added.set_name(name);
    added.set_type(type);
    for (const std::string& bottom : bottoms) added.add_bottom(bottom);
    added.add_top(name);
    int index = net.layer_size() - 1;
    for (; net.layer(index - 1).name() != place; --index) net.mutable_layer()->SwapElements(index, index - 1);
    return *net.mutable_layer(index);
}

/// What conv1 and conv2_1/dw make, both of 8 channels, joined into a map that conv2_1/sep takes. Without the join these
/// would be a MobileNet's conv0, conv1/dw and conv1.
caffe::NetParameter joining(const char* type) {
    CaffeStyle style;
    style.sep_names = true;
    caffe::NetParameter net = caffe_classifier(style);
    insert_after(net, "conv2_1/dw/relu", "both", type, {"conv1", "conv2_1/dw"});
    layer_of(net, "conv2_1/sep").set_bottom(0, "both");
    return net;
}

const LayerDescription& described(const Description& description, const std::string& name) {
    const auto& layers = description.backbone;
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const LayerDescription& layer) { return layer.name == name; });
    REQUIRE(found != layers.end());
    return *found;
}

void check_weights_alone(const caffe::NetParameter& net) {
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

}  // namespace

TEST_CASE("Eltwise SUM is an add layer that names its maps, with the activation that follows it") {
    for (const char* activation : {"", "ReLU", "ReLU6"}) {
        CAPTURE(activation);
        caffe::NetParameter net = joining("Eltwise");
        if (activation[0] != '\0') insert_after(net, "both", "after", activation, {"both"}).set_top(0, "both");
        const Description description = import_net(net).description;
        const LayerDescription& sum = described(description, "both");
        CHECK(sum.kind == LayerKind::add);
        CHECK(sum.inputs == Names{"conv1", "conv2_1/dw"});
        const std::string word = activation;
        CHECK(sum.activation == (word.empty()     ? Activation::none
                                 : word == "ReLU" ? Activation::relu
                                                  : Activation::relu6));
        CHECK(described(description, "conv2_1/sep").inputs.empty());
        CHECK(description.classifier.size() == 3);
        check_weights_alone(net);
    }
}

TEST_CASE("coefficients of 1, three maps, Split and in the old form: the same sum") {
    caffe::NetParameter net = joining("Eltwise");
    const std::string text = write_description(import_net(net).description);
    for (int i = 0; i < 2; ++i) layer_of(net, "both").mutable_eltwise_param()->add_coeff(1);
    CHECK(write_description(import_net(net).description) == text);
    caffe::LayerParameter& split = insert_after(net, "conv1/relu", "split", "Split", {"conv1"});
    split.set_top(0, "one");
    split.add_top("other");
    layer_of(net, "conv2_1/dw").set_bottom(0, "one");
    layer_of(net, "both").set_bottom(0, "other");
    CHECK(write_description(import_net(net).description) == text);
    check_weights_alone(net);
    CHECK(write_description(import_net(in_old_form(joining("Eltwise"))).description) == text);

    caffe::NetParameter three = joining("Eltwise");
    layer_of(three, "both").add_bottom("conv1");
    CHECK(described(import_net(three).description, "both").inputs == Names{"conv1", "conv2_1/dw", "conv1"});
}

TEST_CASE("an Eltwise that is no plain sum is refused") {
    const std::string place = "net.prototxt: layer 'both' (Eltwise): ";
    const std::string allowed = "; allowed: SUM, with coefficients of 1 if any";
    caffe::NetParameter net = joining("Eltwise");
    auto& given = *layer_of(net, "both").mutable_eltwise_param();
    given.add_coeff(1);
    given.add_coeff(-1);
    CHECK(error_of(net) == place + "adds 2 feature maps with coefficients [1,-1]" + allowed);
    given.clear_coeff();
    given.add_coeff(1);
    CHECK(error_of(net) == place + "adds 2 feature maps with coefficients [1]" + allowed);
    given.clear_coeff();
    given.set_operation(caffe::EltwiseParameter::PROD);
    CHECK(error_of(net) == place + "multiplies 2 feature maps" + allowed);
    given.set_operation(caffe::EltwiseParameter::MAX);
    CHECK(error_of(net) == place + "takes the largest of 2 feature maps" + allowed);
    CHECK(error_of(in_old_form(net)) == place + "takes the largest of 2 feature maps" + allowed);
}

TEST_CASE("a sum of one map, of too many, of other shapes or with the picture is refused") {
    const auto error = [](const Names& bottoms) {
        caffe::NetParameter net = joining("Eltwise");
        layer_of(net, "both").clear_bottom();
        for (const std::string& bottom : bottoms) layer_of(net, "both").add_bottom(bottom);
        return error_of(net);
    };
    const std::string place = "net.prototxt: layer 'both' (Eltwise): ";
    CHECK(error({"conv1"}) == place + "has 1 bottoms and 1 tops; allowed: 2 to 64 and 1");
    CHECK(error(Names(65, "conv1")) == place + "has 65 bottoms and 1 tops; allowed: 2 to 64 and 1");
    CHECK(error({"conv2_1/dw", "data"}) == place + "takes the picture, 'data'; allowed: the outputs of layers");
    caffe::NetParameter net = caffe_classifier({});
    insert_after(net, "conv2/relu", "both", "Eltwise", {"conv1", "conv2"});
    layer_of(net, "pool6").set_bottom(0, "both");
    CHECK(error_of(net) == place + "adds maps of shape [1,12,16,16] and [1,16,8,8]; allowed: maps of one shape");
}

TEST_CASE("what a sum cannot take is refused: batch norms, scales, a second activation") {
    const auto error = [](const std::string& type) {
        caffe::NetParameter net = joining("Eltwise");
        insert_after(net, "both", "next", "ReLU", {"both"}).set_top(0, "both");
        layer_of(net, "next").set_type(type);
        if (type == "ReLU") insert_after(net, "next", "more", "ReLU", {"both"}).set_top(0, "both");
        if (type != "ReLU") {
            caffe::BlobProto& blob = *layer_of(net, "next").add_blobs();
            for (int i = 0; i < 8; ++i) blob.add_data(1);
            blob.mutable_shape()->add_dim(8);
        }
        return error_of(net);
    };
    CHECK(error("BatchNorm") ==
          "net.prototxt: layer 'next' (BatchNorm): follows an InnerProduct, an Eltwise, a BatchNorm or a Scale; "
          "allowed: a Convolution");
    CHECK(error("Scale") ==
          "net.prototxt: layer 'next' (Scale): follows an Eltwise; allowed: a Convolution or an InnerProduct");
    CHECK(error("ReLU") ==
          "net.prototxt: layer 'more' (ReLU): follows a pool or an activation; allowed: a convolution or a sum without "
          "one");
}

TEST_CASE("a .caffemodel alone whose batch norm follows a sum is refused, not joined to a branch") {
    caffe::NetParameter net = joining("Eltwise");
    const Description description = import_net(net).description;
    caffe::LayerParameter& norm = insert_after(net, "both", "norm", "BatchNorm", {"both"});
    norm.set_top(0, "both");
    norm.add_blobs()->add_data(1);
    norm.mutable_blobs(0)->mutable_shape()->add_dim(1);
    CHECK(message_of([&] { read_caffemodel_weights(caffemodel_of(net), "net.caffemodel", description); }) ==
          "net.caffemodel: layer 'norm' (BatchNorm): does not say which convolution it follows; allowed: a bottom that "
          "one makes");
}

TEST_CASE("a detector with a branch is all backbone, under the file's names; its head stands on any layer") {
    caffe::NetParameter net = caffe_detector({});
    insert_after(net, "conv1/dw/relu", "both", "Eltwise", {"conv0", "conv1/dw"});
    layer_of(net, "conv1").set_bottom(0, "both");
    const Description description = import_net(net).description;
    CHECK(description.backbone.size() == 8);
    CHECK(description.extras.empty());
    CHECK(description.backbone.back().name == "conv3_2");
    CHECK(description.alpha_scales == std::vector<Section>{Section::backbone});
    CHECK(description.head->sources[0].layer == "conv2");
    check_weights_alone(net);

    caffe::NetParameter on_sum = caffe_detector({});
    insert_after(on_sum, "conv3_2/relu", "again", "Eltwise", {"conv3_2", "conv3_2"});
    for (const char* taker : {"conv3_2_mbox_loc", "conv3_2_mbox_conf", "conv3_2_mbox_priorbox"})
        layer_of(on_sum, taker).set_bottom(0, "again");
    const Description at_end = import_net(on_sum).description;
    CHECK(at_end.head->sources[1].layer == "again");
    CHECK(at_end.backbone.size() == 8);
    CHECK(at_end.extras.empty());
}

TEST_CASE("Concat of maps along their channels is a concat layer; the head's Concats stay the head's") {
    for (const bool by_dim : {false, true}) {
        caffe::NetParameter net = joining("Concat");
        if (by_dim) layer_of(net, "both").mutable_concat_param()->set_concat_dim(1);
        caffe::BlobProto& weights = *layer_of(net, "conv2_1/sep").mutable_blobs(0);
        weights.mutable_shape()->set_dim(1, 16);
        for (int i = 0; i < 12 * 8; ++i) weights.add_data(static_cast<float>(i) / 64);
        const Description description = import_net(net).description;
        CHECK(described(description, "both").kind == LayerKind::concat);
        CHECK(described(description, "both").inputs == Names{"conv1", "conv2_1/dw"});
        check_weights_alone(net);
        CHECK(write_description(import_net(in_old_form(net)).description) == write_description(description));
    }
    caffe::NetParameter detector = caffe_detector({});
    insert_after(detector, "conv3_2/relu", "joined", "Concat", {"conv3_2", "conv3_2"});
    for (const char* predictor : {"conv3_2_mbox_loc", "conv3_2_mbox_conf"}) {
        layer_of(detector, predictor).set_bottom(0, "joined");
        caffe::BlobProto& weights = *layer_of(detector, predictor).mutable_blobs(0);
        weights.mutable_shape()->set_dim(1, 24);
        const int count = weights.data_size();
        for (int i = 0; i < count; ++i) weights.add_data(static_cast<float>(i) / 64);
    }
    layer_of(detector, "conv3_2_mbox_priorbox").set_bottom(0, "joined");
    const Description description = import_net(detector).description;
    CHECK(description.head->sources[1].layer == "joined");
    CHECK(description.backbone.size() == 8);
    check_weights_alone(detector);
}

TEST_CASE("a Concat of the picture, of maps of other sizes, or of a map and a predictor of a head is refused") {
    const auto error = [](const Names& bottoms, const std::string& place) {
        caffe::NetParameter net = caffe_detector({});
        insert_after(net, place, "both", "Concat", bottoms);
        return error_of(net);
    };
    const std::string place = "net.prototxt: layer 'both' (Concat): ";
    CHECK(error({"conv2", "data"}, "conv2/relu") ==
          place + "takes the picture, 'data'; allowed: the outputs of layers");
    CHECK(error({"conv1", "conv2"}, "conv2/relu") ==
          place + "joins maps of shape [1,12,16,16] and [1,16,8,8]; allowed: maps of one height and width");
    CHECK(error({"conv2", "conv2_mbox_loc_perm"}, "conv2_mbox_loc_perm") ==
          place + "joins [1,16,8,8] and [1,8,8,12]; allowed: the same but for the axis, converted alike");
    CHECK(error({"conv2_mbox_loc_flat", "conv2"}, "conv2_mbox_loc_flat") ==
          place + "joins [1,768] and [1,16,8,8]; allowed: the same but for the axis, converted alike");
    caffe::NetParameter unpermuted = caffe_detector({});
    layer_of(unpermuted, "conv2_mbox_loc_flat").set_bottom(0, "conv2_mbox_loc");
    CHECK(error_of(unpermuted) ==
          "net.prototxt: layer 'mbox_loc' (Concat): joins channels of what is no map; allowed: maps along axis 1, the "
          "predictors of a head each after Permute");
}
