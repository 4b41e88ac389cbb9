#include "description/read.h"

#include "documents.h"
#include "same.h"

#include <doctest/doctest.h>

using namespace ssdgen;

TEST_CASE("every key of a detector arrives in its field") {
    const Description d = parse_description(small_detector, "small.json");
    CHECK(d.file == "small.json");
    CHECK(d.name == "small");
    CHECK(d.alpha == 0.5);
    CHECK(d.rho == 0.75);
    CHECK(d.channel_rounding == ChannelRounding::floor);
    CHECK(d.alpha_scales == std::vector<Section>{Section::backbone});
    CHECK(d.batch_norm_epsilon == 0.001F);
    InputDescription input;
    input.height = 32;
    input.width = 48;
    input.order = ChannelOrder::bgr;
    input.mean = {1, 2, 3};
    input.scale = {0.5F, 0.25F, 2};
    CHECK(d.input == input);
    REQUIRE(d.head.has_value());
    CHECK(d.head->classes == 21);
    CHECK(d.head->background == 0);
    CHECK(d.head->padding == PaddingRule::caffe);
    CHECK(d.head->sources[0].max_sizes == std::vector<double>{16});
    CHECK(d.head->sources[1].pointer == "/head/sources/1");
    PostProcessing post;
    post.dialect = Dialect::caffe_ssd;
    post.score_threshold = 0.25F;
    post.iou_threshold = 0.45F;
    post.detections_per_class = 100;
    post.max_detections = -1;
    CHECK(d.head->post_processing == post);
}

TEST_CASE("layers take padding and activation of the network unless they say otherwise") {
    const Description d = parse_description(small_detector, "small.json");
    LayerDescription conv0 = make_layer("conv0", LayerKind::convolution, 8, 3, 2);
    conv0.activation = Activation::relu;
    conv0.pointer = "/backbone/0";
    CHECK(d.backbone[0] == conv0);
    CHECK(d.backbone[2].activation == Activation::relu);
    CHECK(d.extras[0].activation == Activation::none);
    CHECK(d.extras[0].pad == Pads{0, 0, 0, 0});

    std::string own = small_detector;
    own.replace(own.find(R"("stride": 2})"), 12, R"("stride": 2, "padding": "same", "activation": "relu6"})");
    CHECK(parse_description(own, "").backbone[0].padding == PaddingRule::same);
    CHECK(parse_description(own, "").backbone[0].activation == Activation::relu6);
    CHECK(parse_description(own, "").backbone[1].padding == PaddingRule::caffe);

    own.replace(own.find(R"("padding": "same")"), 17, R"("pad": [0, 1, 2, 3])");
    CHECK(parse_description(own, "").backbone[0].pad == Pads{0, 1, 2, 3});
    own.replace(own.find("[0, 1, 2, 3]"), 12, "4");
    CHECK(parse_description(own, "").backbone[0].pad == Pads{4, 4, 4, 4});
}

TEST_CASE("kernel, stride and dilation are a number for both axes, or a list of one for rows and one for columns") {
    std::string text = small_detector;
    text.replace(text.find(R"("kernel": 3, "stride": 2)"), 24,
                 R"("kernel": [1, 7], "stride": [2, 3], "dilation": [4, 5])");
    text.replace(text.find(R"("kernel": 3, "stride": 1)"), 24, R"("kernel": [3, 3], "stride": [1, 1])");
    text.replace(text.find(R"("kernel": 2, "stride": 2)"), 24, R"("kernel": [2, 1], "stride": [1, 2])");
    text.replace(text.find(R"("channels": 16})"), 15, R"("channels": 16, "stride": [1, 2]})");
    const Description d = parse_description(text, "");
    CHECK(d.backbone[0].kernel == PerAxis{1, 7});
    CHECK(d.backbone[0].stride == PerAxis{2, 3});
    CHECK(d.backbone[0].dilation == PerAxis{4, 5});
    CHECK(d.backbone[1].kernel == 3);
    CHECK(d.backbone[1].stride == 1);
    CHECK(d.backbone[2].stride == PerAxis{1, 2});
    CHECK(d.extras[0].kernel == PerAxis{2, 1});
    CHECK(d.extras[0].stride == PerAxis{1, 2});
}

TEST_CASE("a description without head is a classifier, with the defaults of alpha and rho") {
    const Description d = parse_description(small_classifier, "tiny.json");
    CHECK_FALSE(d.head.has_value());
    CHECK_FALSE(d.batch_norm_epsilon.has_value());
    CHECK(d.alpha == 1);
    CHECK(d.rho == 1);
    CHECK(d.alpha_scales.empty());
    CHECK(d.input.channels == 1);
    CHECK(d.input.resize == ResizeRule::asymmetric);
    CHECK(d.backbone[0].padding == PaddingRule::same);
    CHECK(d.backbone[1].kernel == 0);
    CHECK(d.backbone[2].channels == 10);
    CHECK(d.backbone[3].kind == LayerKind::softmax);
}

TEST_CASE("boxes of Caffe's priors count repeated aspect ratios once, as PriorBox does") {
    // 1, then 2 and 1/2; 0.5 and 1 are there already; 3 and 1/3; two min sizes, each with a max size: 2 * 5 + 2.
    std::string text = small_detector;
    text.replace(text.find(R"("boxes": 4, "min_sizes": [8], "max_sizes": [16], "aspect_ratios": [2])"), 69,
                 R"("boxes": 12, "min_sizes": [8, 9], "max_sizes": [16, 18], "aspect_ratios": [2, 0.5, 1.0000001, 3])");
    CHECK(parse_description(text, "").head->sources[0].boxes == 12);
    text.replace(text.find(R"("flip": true)"), 12, R"("flip": false)");  // 1, 2, 0.5, 3
    text.replace(text.find(R"("boxes": 12)"), 11, R"("boxes": 10)");
    CHECK(parse_description(text, "").head->sources[0].boxes == 10);
}

TEST_CASE("a description that cannot be opened is an error") {
    try {
        read_description("/no/such/folder/network.json");
        FAIL("read without an error");
    } catch (const InputError& error) {
        CHECK(std::string(error.what()) ==
              "/no/such/folder/network.json: cannot be read: No such file or directory; allowed: a readable file");
    }
}
