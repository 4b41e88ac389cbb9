// Caffe's files, normalisation, alpha, priors and tensors that are missing.
#include "cases.h"
#include "support/files.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace ssdgen::test;

namespace {

const std::string outputs = " --out-config t.json --out-weights t.safetensors";
const std::string types =
    "allowed: BatchNorm, Clip, Concat, Convolution, ConvolutionDepthwise, DepthwiseConvolution, DetectionOutput, "
    "Dropout, Eltwise, Flatten, "
    "InnerProduct, Input, Permute, Pooling, PriorBox, ReLU, ReLU6, Reshape, Scale, Sigmoid, Softmax, Split";

std::string import_of(const std::string& prototxt, const std::string& normalisation = "--mean 127.5 --scale 0.007843",
                      const std::string& model = "tiny_ssd.caffemodel") {
    return "import " + model + " --prototxt " + prototxt + " " + normalisation + outputs;
}

nlohmann::json read_json(const Case& in, const std::string& file) {
    return nlohmann::json::parse(ssdgen::read_file(in.path(file)));
}

/// A description of the case with one value exchanged, as net.json.
void change(const Case& in, const std::string& pointer, const nlohmann::json& value) {
    nlohmann::json document = read_json(in, "imported_tiny_ssd.json");
    document[nlohmann::json::json_pointer(pointer)] = value;
    std::ofstream(in.path("net.json")) << document;
}

}  // namespace

TEST_CASE("Priors joined by the older field concat_dim are those joined by axis") {
    const Case both{"tiny_ssd.prototxt", "tiny_ssd_concat_dim.prototxt", "tiny_ssd.caffemodel"};
    both.check_done(import_of("tiny_ssd.prototxt"));
    const std::string description = ssdgen::read_file(both.path("t.json"));
    const std::string weights = ssdgen::read_file(both.path("t.safetensors"));
    both.check_done(import_of("tiny_ssd_concat_dim.prototxt"));
    CHECK(ssdgen::read_file(both.path("t.json")) == description);
    CHECK(ssdgen::read_file(both.path("t.safetensors")) == weights);
}

TEST_CASE("An Input layer's transform_param, which Caffe does not heed, is not taken in silence") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    std::string prototxt = ssdgen::read_file(tiny.path("tiny_ssd.prototxt"));
    const std::string input = "input: \"data\"\ninput_shape { dim: 1 dim: 3 dim: 96 dim: 96 }\n";
    REQUIRE(prototxt.find(input) != std::string::npos);
    prototxt.replace(
        prototxt.find(input), input.size(),
        "layer { name: \"data\" type: \"Input\" top: \"data\" input_param { shape { dim: 1 dim: 3 dim: 96 dim: 96 } } "
        "transform_param { scale: 0.017 mean_value: 104 } }\n");
    std::ofstream(tiny.path("layer.prototxt")) << prototxt;
    tiny.check_done(import_of("layer.prototxt"),
                    {"layer.prototxt: layer 'data' (Input): found transform_param, which an Input layer does not "
                     "heed; --mean and --scale have to say it"});
}

TEST_CASE("A layer type that is not understood is named, not its parameter block") {
    const Case norm{"tiny_ssd_norm.prototxt", "tiny_ssd.caffemodel"};
    norm.check_refused(
        import_of("tiny_ssd_norm.prototxt"), 1,
        "tiny_ssd_norm.prototxt: layer 'conv1_norm' (Normalize): is of a type that is not understood; " + types);
}

TEST_CASE("A residual sum is taken: of a model without it the layers are told that lack parameters") {
    const Case sum{"tiny_ssd_eltwise_param.prototxt", "tiny_ssd.caffemodel"};
    sum.check_refused(
        import_of("tiny_ssd_eltwise_param.prototxt"), 1,
        "tiny_ssd.caffemodel: has no parameters for 3 layers of tiny_ssd_eltwise_param.prototxt: 'res' (Convolution), "
        "'sum_mbox_loc' (Convolution), 'sum_mbox_conf' (Convolution), and parameters of 2 layers that "
        "tiny_ssd_eltwise_param.prototxt lacks: 'conv2_mbox_conf', 'conv2_mbox_loc'; allowed: those of the same "
        "network");
}

TEST_CASE("Numbers of classes or boxes that contradict each other are told with the layer and both numbers") {
    const Case classes{"tiny_ssd_numclasses_det_only.prototxt", "tiny_ssd.caffemodel"};
    classes.check_refused(import_of("tiny_ssd_numclasses_det_only.prototxt"), 1,
                          "tiny_ssd_numclasses_det_only.prototxt: layer 'detection_out' (DetectionOutput): layer "
                          "'conv1_mbox_conf' has 12 "
                          "outputs, 4 classes for each of 3 boxes a cell, but num_classes is 2, layer "
                          "'conv2_mbox_conf' has 24 outputs, 4 "
                          "classes for each of 6 boxes a cell, but num_classes is 2; allowed: 4 box outputs and "
                          "num_classes score outputs "
                          "a box");
    const Case boxes{"tiny_ssd_wrongboxes.prototxt", "tiny_ssd_wrongboxes.caffemodel"};
    boxes.check_refused(
        import_of("tiny_ssd_wrongboxes.prototxt", "--mean 127.5 --scale 0.007843", "tiny_ssd_wrongboxes.caffemodel"), 1,
        "tiny_ssd_wrongboxes.prototxt: layer 'detection_out' (DetectionOutput): layer 'conv1_mbox_loc' has 24 outputs, "
        "6 "
        "boxes a cell, but layer 'conv1_prior' (PriorBox) makes 3; allowed: 4 box outputs and num_classes score "
        "outputs a "
        "box");
}

TEST_CASE("An alpha that scales nothing is refused, in the file and as an option") {
    const Case tiny{"imported_tiny_ssd.json"};
    const std::string cause =
        ", which scales nothing: imported_tiny_ssd.json: /width_multiplier/scales names no section that has layers "
        "with channels; allowed: "
        "1, or such a section there, as in \"scales\": [\"backbone\"]";
    for (const char* command :
         {"generate imported_tiny_ssd.json --alpha 0.5 --random-weights 1 --out x",
          "inspect imported_tiny_ssd.json --alpha 0.5", "sweep imported_tiny_ssd.json --static --alpha 1,0.5 --out x",
          "export imported_tiny_ssd.json --alpha 0.5 --random-weights 1 --prototxt a --caffemodel b",
          "tune imported_tiny_ssd.json --alpha 0.5 --out x"})
        tiny.check_refused(command, 1, "--alpha: found 0.5" + cause);
    change(tiny, "/alpha", 0.75);
    tiny.check_refused("inspect net.json", 1,
                       "net.json: /alpha: found 0.75, which scales nothing: net.json: /width_multiplier/scales names "
                       "no section that has "
                       "layers with channels; allowed: 1, or such a section there, as in \"scales\": [\"backbone\"]");
    tiny.check_refused("sweep net.json --static --rho 1,0.5 --out x", 1,
                       "net.json: /alpha: found 0.75, which scales nothing: net.json: /width_multiplier/scales names "
                       "no section that has "
                       "layers with channels; allowed: 1, or such a section there, as in \"scales\": [\"backbone\"]");
    tiny.check_done("inspect imported_tiny_ssd.json --alpha 1");
}

TEST_CASE("An imported description can be swept over alpha; the imported weights are of alpha 1") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    tiny.check_done(import_of("tiny_ssd.prototxt"));
    CHECK(read_json(tiny, "t.json")["width_multiplier"] ==
          nlohmann::json{{"rounding", "floor"}, {"scales", {"backbone"}}});
    tiny.check_done("inspect t.json --alpha 0.5 --json > half.json");
    tiny.check_done("inspect t.json --json > whole.json");
    CHECK(read_json(tiny, "half.json")["totals"]["macs"] < read_json(tiny, "whole.json")["totals"]["macs"]);
    tiny.check_refused("generate t.json --alpha 0.5 --weights t.safetensors --out x", 1,
                       "t.safetensors: does not fit tiny under alpha 0.5 in 14 tensors:\n"
                       "  conv0.weight: found [8,3,3,3]; allowed: [4,3,3,3]\n"
                       "  conv0.bias: found [8]; allowed: [4]\n"
                       "  conv1/dw.weight: found [8,1,3,3]; allowed: [4,1,3,3]\n"
                       "  conv1/dw.bias: found [8]; allowed: [4]\n"
                       "  conv1.weight: found [16,8,1,1]; allowed: [8,4,1,1]\n"
                       "  conv1.bias: found [16]; allowed: [8]\n"
                       "  conv1_mbox_loc.weight: found [12,16,1,1]; allowed: [12,8,1,1]\n"
                       "  conv1_mbox_conf.weight: found [12,16,1,1]; allowed: [12,8,1,1]\n"
                       "  conv2/dw.weight: found [16,1,3,3]; allowed: [8,1,3,3]\n"
                       "  conv2/dw.bias: found [16]; allowed: [8]\n"
                       "  conv2.weight: found [24,16,1,1]; allowed: [12,8,1,1]\n"
                       "  conv2.bias: found [24]; allowed: [12]\n"
                       "  conv2_mbox_loc.weight: found [24,24,1,1]; allowed: [24,12,1,1]\n"
                       "  conv2_mbox_conf.weight: found [24,24,1,1]; allowed: [24,12,1,1]");
}

TEST_CASE("The input's normalisation: fractions, a standard deviation, and what cannot be meant") {
    const Case tiny{"tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    const auto input = [&] { return read_json(tiny, "t.json")["input"]; };
    tiny.check_done(import_of("tiny_ssd.prototxt", "--mean 127.5 --scale 1/127.5"));
    CHECK(input()["scale"][0].get<float>() == 1 / 127.5F);
    tiny.check_done(import_of("tiny_ssd.prototxt", "--mean 104,117,123 --std 57.5"));
    CHECK(input()["mean"] == nlohmann::json{104, 117, 123});
    CHECK(input()["scale"][2].get<float>() == static_cast<float>(1 / 57.5));
    tiny.check_done(
        import_of("tiny_ssd.prototxt", "--mean 0.5,0.25,0.75 --std 0.5"),
        {"--mean and --std: found none above 1, so they are taken as parts of 255: --mean 127.5,63.75,191.25 --std "
         "127.5,127.5,127.5; to say that they are meant so, give these; for bytes as they are, --mean 0 --scale 1"});
    CHECK(input()["mean"] == nlohmann::json{127.5, 63.75, 191.25});
    CHECK(input()["scale"][0].get<float>() == 1 / 127.5F);

    tiny.check_done(import_of("tiny_ssd.prototxt", "--mean 127.5 --scale 127.5"),
                    {"--scale: found 127.5, which makes 32512.5 of the byte 255; input = (byte - mean) * scale: is "
                     "1/127.5 meant?"});
    tiny.check_done("inspect t.json", {"t.json: /input/scale: found 127.5, which makes 32512.5 of the byte 255; input "
                                       "= (byte - mean) * scale: is 1/127.5 "
                                       "meant?"});
    CHECK(tiny.ssdgen("--warnings-as-errors generate t.json --weights t.safetensors --out x").status == 1);
    CHECK(!tiny.has("x"));
    tiny.check_done(import_of("tiny_ssd.prototxt", "--mean 127.5 --scale 0.00003"),
                    {"--scale: found 3e-05, which makes 0.00765 of the byte 255; input = (byte - mean) * scale, with "
                     "bytes of 0 to 255: is "
                     "0.00765 meant?"});
    tiny.check_done(import_of("tiny_ssd.prototxt", "--mean 0.5 --scale 2"),
                    {"--mean: found [0.5, 0.5, 0.5], a mean of pictures in 0 to 1; the bytes are 0 to 255: is [127.5, "
                     "127.5, 127.5] meant, "
                     "with the scale [0.007843138, 0.007843138, 0.007843138]?"});
    tiny.check_done(import_of("tiny_ssd.prototxt", "--mean=-127.5 --scale 1/127.5"),
                    {"--mean: found -127.5; it is subtracted from bytes of 0 to 255"});
    for (const char* usual : {"--mean 0 --scale 1", "--mean 0 --scale 1/255", "--mean 104,117,123 --scale 1",
                              "--mean 103.94,116.78,123.68 --scale 0.017", "--mean 0 --std 255"})
        tiny.check_done(import_of("tiny_ssd.prototxt", usual));

    tiny.check_refused(
        import_of("tiny_ssd.prototxt", "--mean 127.5"), 1,
        "tiny_ssd.prototxt: states no input normalisation; give --mean and --scale, or --mean and --std");
    tiny.check_refused(import_of("tiny_ssd.prototxt", "--mean 127.5 --std 0"), 1,
                       "--std: found 0; allowed: numbers above 0");
    tiny.check_refused(import_of("tiny_ssd.prototxt", "--mean 127.5 --scale 1/0"), 2,
                       "--scale: found 1/0; allowed: numbers, such as 127.5 or 1/127.5");
    tiny.check_refused(import_of("tiny_ssd.prototxt", "--mean abc --scale 1"), 2,
                       "--mean: found abc; allowed: numbers, such as 127.5 or 1/127.5");
    tiny.check_refused(import_of("tiny_ssd.prototxt", "--mean 127.5 --scale 1 --std 2"), 2, "--scale excludes --std");
}

TEST_CASE("Values of a description that can hardly be meant are warned of with the likely cure") {
    const Case tiny{"imported_tiny_ssd.json"};
    const auto check_warns = [&](const std::string& pointer, const nlohmann::json& value, const char* warning) {
        change(tiny, pointer, value);
        tiny.check_done("inspect net.json", {warning});
    };
    check_warns("/head/box_code/variances", {10, 10, 5, 5},
                "net.json: /head/box_code/variances: found [10, 10, 5, 5]; variances are factors, 1 over what "
                "TensorFlow states: is [0.1, 0.1, "
                "0.2, 0.2] meant?");
    change(tiny, "/head/post_processing/score_threshold", 0.45);
    check_warns("/batch_norm", {{"epsilon", 0.9997}},
                "net.json: /batch_norm/epsilon: found 0.9997; it is added to the variance, and usual are 1e-05 and "
                "0.001: is this the decay?");
    check_warns("/head/sources/0/min_sizes/0", 160,
                "net.json: /head/sources/0/min_sizes/0: found 160, larger than the picture of 96x96; sizes are in its "
                "pixels at rho 1");
    check_warns("/head/sources/1/step", 0.25,
                "net.json: /head/sources/1/step: found 0.25 in a picture of 96x96; it is the distance of the map's "
                "cells in pixels at rho 1");
    tiny.check_done("inspect imported_tiny_ssd.json");
}

TEST_CASE("Batch norms in the weights and not in the description: the key is shown as it is written") {
    const Case tiny{"imported_tiny_ssd.json", "tiny_ssd.prototxt", "tiny_ssd.caffemodel"};
    tiny.check_done(import_of("tiny_ssd.prototxt"));
    // A file of one tensor, as safetensors has it.
    nlohmann::json header;
    header["conv0.batch_norm.mean"] = {{"dtype", "F32"}, {"shape", {8}}, {"data_offsets", {0, 32}}};
    const std::string text = header.dump();
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(text.size());
    std::ofstream(tiny.path("norm.safetensors"), std::ios::binary) << bytes << text << std::string(32, '\0');
    tiny.check_refused(
        "generate t.json --weights norm.safetensors --out x", 1,
        "t.json: /batch_norm: missing, but norm.safetensors has batch norm tensors of conv0; allowed: \"batch_norm\": "
        "{\"epsilon\": 1e-05} beside \"input\", with the epsilon of the training (Caffe's usual one is 1e-05, "
        "TensorFlow's 0.001)");
}
