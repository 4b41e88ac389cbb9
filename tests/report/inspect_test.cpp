// Claims: inspect prints the literature's numbers, for every layer and block and in total, as text and as JSON.

#include "report/inspect.h"

#include "graph/networks.h"
#include "graph/priors.h"
#include "support/table.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Json = nlohmann::json;

Json inspect(const Description& description, double alpha = 1, double rho = 1) {
    return Json::parse(inspect_json(build_graph(description, {alpha, rho}), build_graph(description, {1.0, 1.0})));
}

const Json& named(const Json& list, const char* key, const std::string& name) {
    for (const Json& entry : list)
        if (entry[key] == name) return entry;
    throw InternalError("no entry " + name);
}

}  // namespace

TEST_CASE("the separable block of 16 to 32 channels: 656 against 4608 multiply-adds a pixel") {
    const Description description = classifier(
        5, 4, 3, {convolution("in", 16, 3), depthwise("dw", 3), pointwise("pw", 32), average_pool("pool", 0)});
    const Json json = inspect(description);
    REQUIRE(json["blocks"].size() == 1);
    const Json& block = json["blocks"][0];
    CHECK(block["depthwise"] == "dw");
    CHECK(block["pointwise"] == "pw");
    CHECK(block["macs"] == 656 * 20);
    CHECK(block["standard_macs"] == 4608 * 20);
    CHECK(block["ratio"].get<double>() == doctest::Approx(1.0 / 32 + 1.0 / 9));
}

TEST_CASE("a depthwise layer without a pointwise of stride 1 on it is no block") {
    LayerDescription strided = pointwise("strided", 8);
    strided.stride = 2;
    const Description description = classifier(8, 8, 3,
                                               {convolution("in", 4, 3), depthwise("dw1", 3), convolution("full", 8, 3),
                                                depthwise("dw2", 3), strided, average_pool("pool", 0)});
    CHECK(inspect(description)["blocks"].empty());
}

TEST_CASE("numbers of a window that differ between rows and columns are two") {
    LayerDescription dilated = depthwise("dilated", {1, 7}, 1);
    dilated.dilation = {1, 2};
    const Description description =
        classifier(8, 9, 3, {convolution("wide", 4, {3, 5}, {2, 1}), dilated, pointwise("pw", 8)});
    const Json json = inspect(description);
    const Json& wide = named(json["layers"], "name", "wide");
    CHECK(wide["kernel"] == Json::parse("[3, 5]"));
    CHECK(wide["stride"] == Json::parse("[2, 1]"));
    CHECK(wide["dilation"] == 1);
    CHECK(named(json["layers"], "name", "dilated")["dilation"] == Json::parse("[1, 2]"));
    CHECK(json["blocks"][0]["ratio"].get<double>() == doctest::Approx(1.0 / 8 + 1.0 / 7));
    const std::string text = inspect_text(build_graph(description), build_graph(description));
    CHECK(text.find("3x5     2x1") != std::string::npos);
}

TEST_CASE("every block of the published network keeps the ratio 1/N + 1/9") {
    const Json json = inspect(config("mobilenet_ssd_voc"), 0.75, 0.5);
    CHECK(json["blocks"].size() == 13);
    for (const Json& block : json["blocks"])
        CHECK(block["ratio"].get<double>() == doctest::Approx(1 / block["output"][2].get<double>() + 1.0 / 9));
}

TEST_CASE("the totals of the published detector, and those of half its width and size against it") {
    const Json json = inspect(config("mobilenet_ssd_voc"), 0.5, 0.5);
    const Json& full = json["totals_full"];
    CHECK(full["macs"] == 1148479168);
    CHECK(full["params"] == 5783417);
    CHECK(full["weights_bytes"] == 5783417 * 4);
    CHECK(full["layers"] == 35);
    CHECK(full["head_layers"] == 12);
    CHECK(full["priors"] == 1917);
    CHECK(full["largest_pair_bytes"] == 8640000);
    CHECK(full["largest_pair_layer"] == "conv1");
    CHECK(json["totals"]["params"] == 3173433);
    CHECK(json["totals"]["largest_pair_bytes"] == 75 * 75 * 48 * 4);
    CHECK(json["ratio"]["largest_pair_bytes"].get<double>() == doctest::Approx(0.125));  // alpha * rho^2
    CHECK(json["ratio"]["params"].get<double>() == doctest::Approx(3173433.0 / 5783417));
    std::int64_t macs = 0;
    std::int64_t activations = 0;
    for (const Json& layer : json["layers"]) {
        macs += layer["macs"].get<std::int64_t>();
        activations += layer["activation_bytes"].get<std::int64_t>();
    }
    CHECK(json["totals"]["macs"] == macs);
    CHECK(json["totals"]["activation_bytes"] == activations);
}

TEST_CASE("the classifier has 28 layers") {
    const Json json = inspect(config("mobilenet_v1_imagenet"));
    CHECK(json["totals"]["layers"] == 28);
    CHECK(json["totals"]["macs"] == 568741376);
    CHECK(json["classes"] == 1001);
    CHECK_FALSE(json.contains("sources"));
    CHECK_FALSE(json.contains("priors"));
}

TEST_CASE("a layer's own numbers") {
    const Json json = inspect(config("mobilenet_ssd_voc"));
    const Json& conv1 = named(json["layers"], "name", "conv1");
    CHECK(conv1 == Json::parse(R"({"name": "conv1", "kind": "pointwise", "from": "conv1/dw", "input": [150, 150, 32],
        "output": [150, 150, 64], "kernel": [1, 1], "stride": 1, "dilation": 1, "pads": [0, 0, 0, 0], "activation": "relu",
        "macs": 46080000, "params": 2112, "activation_bytes": 5760000})"));
    const Json& conv2_dw = named(json["layers"], "name", "conv2/dw");
    CHECK(conv2_dw["stride"] == 2);
    CHECK(conv2_dw["pads"] == Json::parse("[1, 1, 1, 1]"));
    CHECK(json["layers"][0]["name"] == "conv0");
    CHECK(json["layers"][0]["from"] == "input");
    CHECK(named(json["layers"], "name", "conv13_mbox_loc")["from"] == "conv13");
    CHECK(named(json["layers"], "name", "conv13_mbox_loc")["activation"] == "none");
    const Json same = inspect(config("mobilenet_ssd_coco"));
    CHECK(same["layers"][0]["pads"] == Json::parse("[0, 0, 1, 1]"));
    CHECK(same["layers"][0]["activation"] == "relu6");
}

TEST_CASE("sources, input, box code and priors, for whoever trains") {
    const Description description = config("mobilenet_ssd_voc");
    const Json json = inspect(description, 1, 128.0 / 300);
    CHECK(json["input"] == Json::parse(R"({"height": 128, "width": 128, "channels": 3, "order": "bgr",
        "mean": [127.5, 127.5, 127.5], "scale": [0.007843, 0.007843, 0.007843]})"));
    CHECK(json["classes"] == 21);
    CHECK(json["background"] == 0);
    CHECK(json["scores"] == "softmax");
    CHECK(json["box_code"] == Json::parse(R"({"order": "xywh", "variances": [0.1, 0.1, 0.2, 0.2]})"));
    CHECK(json["sources"][1] == Json::parse(R"({"layer": "conv13", "map": [4, 4, 1024], "boxes": 6, "box_channels": 24,
        "score_channels": 126, "priors": 96, "min_sizes": [44.0], "max_sizes": [64.0]})"));
    CHECK(named(json["sources"], "layer", "conv11")["score_channels"] == 63);
    const Graph graph = build_graph(description, {1.0, 128.0 / 300});
    REQUIRE(json["priors"].size() == 330);
    for (const int index : {0, 1, 191, 192, 329}) {
        const std::array<float, 4> box = prior_box(*graph.head, index);
        for (std::size_t i = 0; i < 4; ++i)
            CHECK(json["priors"][static_cast<std::size_t>(index)][i].get<float>() == box[i]);
    }
}

TEST_CASE("a table of priors is null until it is bound") {
    const Description description = detector(4, 4, {convolution("a", 4, 3, 2)}, {"a"}, 3);
    CHECK(inspect(description)["priors"].is_null());
    const Graph bound = with_random_weights(description);
    CHECK(Json::parse(inspect_json(bound, bound))["priors"].size() == 8);
}

TEST_CASE("the text of a small detector, whole") {
    Description description =
        detector(8, 8, {convolution("conv0", 8, 3, 2), depthwise("conv1/dw", 3), pointwise("conv1", 16)}, {"conv1"}, 3);
    description.input.mean = {127.5F, 127.5F, 127.5F};
    const Graph full = build_graph(description);
    CHECK(inspect_text(build_graph(description, {0.5, 0.5}), full) == R"EXPECTED(net: alpha 0.5, rho 0.5
input 4x4x3 rgb, (byte - mean) * scale, mean 127.5 127.5 127.5, scale 1 1 1

layer                   kind  kernel  stride  input  output  MACs  parameters  activation bytes
conv0            convolution     3x3       2  4x4x3   2x2x4   432         112                64
conv1/dw           depthwise     3x3       1  2x2x4   2x2x4   144          40                64
conv1              pointwise     1x1       1  2x2x4   2x2x8   128          40               128
conv1_mbox_loc     pointwise     1x1       1  2x2x8   2x2x8   256          72               128
conv1_mbox_conf    pointwise     1x1       1  2x2x8   2x2x6   192          54                96

depthwise separable block  output  MACs  standard convolution   ratio
conv1/dw + conv1            2x2x8   272                 1,152  0.2361

source    map  boxes a cell  box channels  score channels  priors  min size  max size
conv1   2x2x8             2             8               6       8         -         -

total                            alpha 0.5, rho 0.5  alpha 1, rho 1   ratio
MACs                                          1,152          10,240  0.1125
parameters                                      318             686  0.4636
weight bytes                                  1,272           2,744  0.4636
activation bytes, all layers                    480           2,944  0.1630
largest input and output, bytes                 256           1,536  0.1667
priors                                            8              32  0.2500
layers with weights                               3               3  1.0000
head convolutions                                 2               2  1.0000
(largest input and output: conv1_mbox_loc; at alpha 1, rho 1: conv1)
)EXPECTED");
}

TEST_CASE("numbers with commas") {
    CHECK(with_commas(0) == "0");
    CHECK(with_commas(999) == "999");
    CHECK(with_commas(1000) == "1,000");
    CHECK(with_commas(-123456) == "-123,456");
    CHECK(with_commas(1148479168) == "1,148,479,168");
}

TEST_CASE("the tensors of a weights file, as a table and as JSON") {
    Description description = detector(8, 8, {convolution("in", 1024, 3, 2)}, {"in"}, 2);
    description.batch_norm_epsilon = 0.001F;
    const Graph graph = build_graph(description);
    const std::vector<TensorFacts> tensors = describe_tensors(graph, description);
    CHECK(tensors_text(graph, tensors) == R"(net: alpha 1, rho 1: 7 tensors, 41,100 values

tensor                      shape  values  layout
in.weight            [1024,3,3,3]  27,648  [out][in][kernel y][kernel x]
in.bias                    [1024]   1,024  [out]
in_mbox_loc.weight   [8,1024,1,1]   8,192  [out][in][kernel y][kernel x], out = box * 4 + (x, y, w, h)
in_mbox_loc.bias              [8]       8  [out], out = box * 4 + (x, y, w, h)
in_mbox_conf.weight  [4,1024,1,1]   4,096  [out][in][kernel y][kernel x], out = box * 2 + class
in_mbox_conf.bias             [4]       4  [out], out = box * 2 + class
priors                     [32,4]     128  [prior][centre y, centre x, height, width], relative to the picture

optional, for each convolution above: LAYER.batch_norm.mean, .variance, .gamma and .beta, shaped as its bias, which may then be missing
optional, of a quantized network: beside each tensor of U8, I8 or I32 its TENSOR_scale and TENSOR_zero_point; for a layer's map LAYER.output_scale and LAYER.output_zero_point, for the picture input_scale and input_zero_point
)");
    CHECK(tensors_text(build_graph(config("specimen")), {{"priors", {144, 4}, "[prior][4]", true}}) ==
          "specimen: alpha 1, rho 1: 0 tensors, 0 values\n\ntensor  shape  values  layout\n\n"
          "optional: priors [144,4], [prior][4]; compared with those that the description makes\n"
          "optional, of a quantized network: beside each tensor of U8, I8 or I32 its TENSOR_scale and "
          "TENSOR_zero_point; for a layer's map LAYER.output_scale and LAYER.output_zero_point, for the picture "
          "input_scale and input_zero_point\n");
    const Json json = Json::parse(tensors_json(graph, tensors));
    CHECK(json["name"] == "net");
    REQUIRE(json["tensors"].size() == tensors.size());
    CHECK(json["tensors"][0] == Json::parse(R"({"name": "in.weight", "shape": [1024, 3, 3, 3], "values": 27648,
        "layout": "[out][in][kernel y][kernel x]", "optional": false})"));
    CHECK(named(json["tensors"], "name", "in.batch_norm.gamma")["optional"] == true);
    CHECK(json["maps"] == Json::parse(R"(["input", "in.output", "in_mbox_loc.output", "in_mbox_conf.output"])"));
}
