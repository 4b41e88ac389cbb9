#include "import/import.h"
#include "tools/message.h"
#include "tools/synthetic_model.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

std::string error_of(const std::string& bytes, const ImportOptions& options = {{128}, {1.0F / 128}, std::nullopt}) {
    return message_of([&] { import_tflite_bytes(bytes, "net.tflite", options); });
}

/// x [1,4,4,2] -> a 1x1 convolution y [1,4,4,2], and what the test adds to it.
struct Start {
    TfliteBuilder file;
    int x = file.tensor("x", {1, 4, 4, 3}, float32);
    int w = file.floats("w", {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6});
    int y = file.tensor("y", {1, 4, 4, 2}, float32);
    Start() { file.convolution({x, w}, y, {}); }
};

}  // namespace

TEST_CASE("a text file named .tflite is said to be none") {
    CHECK(error_of("These are not the weights that you are looking for.") ==
          "net.tflite: is no TensorFlow Lite model (bytes 4 to 7 are not 'TFL3'); allowed: a .tflite file");
    CHECK(error_of("") ==
          "net.tflite: is no TensorFlow Lite model (bytes 4 to 7 are not 'TFL3'); allowed: a .tflite file");
}

TEST_CASE("a truncated file is said to be so") {
    const std::string bytes = synthetic_classifier({});
    CHECK(error_of(bytes.substr(0, bytes.size() / 2)) ==
          "net.tflite: is truncated or corrupted (the flatbuffer does not verify); allowed: a whole .tflite file");
}

TEST_CASE("a float model needs mean and scale") {
    const std::string message =
        "net.tflite: states no input normalisation; give --mean and --scale, or --mean and --std";
    CHECK(error_of(synthetic_classifier({}), {}) == message);
    CHECK(error_of(synthetic_classifier({}), {{127}, {}, std::nullopt}) == message);
    CHECK(error_of(synthetic_classifier({}), {{127}, {1, 2}, std::nullopt}) ==
          "net.tflite: has 3 channels, --scale gives 2 numbers; allowed: 1 or 3");
    CHECK(error_of(synthetic_classifier({}), {{127}, {0}, std::nullopt}) ==
          "net.tflite: has the input normalisation (byte - 127) * 0; allowed: finite numbers, the scale above 0");
}

TEST_CASE("a quantised model states its normalisation itself") {
    SyntheticModel model;
    model.form = Form::uint8;
    CHECK(error_of(synthetic_classifier(model)) ==
          "net.tflite: states its input normalisation itself; allowed: no --mean, --scale or --std");
}

TEST_CASE("the channel order fits the number of channels") {
    SyntheticModel model;
    CHECK(error_of(synthetic_classifier(model), {{0}, {1}, ChannelOrder::gray}) ==
          "net.tflite: has 3 input channels; allowed for --channel-order: rgb, bgr");
    model.channels = 1;
    CHECK(error_of(synthetic_classifier(model), {{0}, {1}, ChannelOrder::bgr}) ==
          "net.tflite: has 1 input channel; allowed for --channel-order: gray");
}

namespace {

const std::string understood =
    "allowed: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, AVERAGE_POOL_2D, MAX_POOL_2D, MEAN, RELU, RELU6, MINIMUM, "
    "MAXIMUM, PAD, "
    "RESHAPE, SQUEEZE, CONCATENATION, LOGISTIC, SOFTMAX, QUANTIZE, DEQUANTIZE, CAST, ADD, ADD_N, SUB, MUL, DIV, "
    "REVERSE_V2, "
    "SHAPE, STRIDED_SLICE, PACK, TFLite_Detection_PostProcess";

}  // namespace

TEST_CASE("operators that are not understood are named all at once, each kind with its number and its first place") {
    Start start;
    const int z = start.file.tensor("z", {1, 2, 2, 2}, float32);
    start.file.plain(Code::L2_POOL_2D, {start.y}, {z});
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: has what is not understood: operator 1 (L2_POOL_2D, number 12) 'z'; " + understood);
    const int v = start.file.tensor("v", {1, 2, 2, 2}, float32);
    start.file.plain(Code::L2_POOL_2D, {z}, {v});
    start.file.custom("FlexErf", {v}, {start.file.tensor("w", {1, 2, 2, 2}, float32)});
    start.file.plain(static_cast<Code>(999), {v}, {start.file.tensor("u", {1, 2, 2, 2}, float32)});
    start.file.plain(Code::GELU, {v}, {});
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: has what is not understood: operator 1 (L2_POOL_2D, number 12) 'z', operator 3 (FlexErf, a "
          "custom operator) 'w', operator 4 (operator code 999, number 999) 'u', operator 5 (GELU, number 150); " +
              understood);
}

TEST_CASE("a file that a compiler for one device has changed is named for what it is") {
    for (const auto& [custom, message] :
         {std::pair{"edgetpu-custom-op",
                    "net.tflite: is compiled for the Edge TPU, its layers are inside the custom operator "
                    "'edgetpu-custom-op'; allowed: the .tflite file that edgetpu_compiler was given"},
          std::pair{"ethos-u",
                    "net.tflite: is compiled by Vela for an Ethos-U, its layers are inside the custom operator "
                    "'ethos-u'; allowed: the .tflite file that vela was given"}}) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 4, 4, 3}, uint8, {{1.0F / 128}, {128}, 0});
        const int y = file.tensor("y", {1, 10}, uint8, {{1.0F / 256}, {0}, 0});
        file.custom(custom, {x}, {y});
        CHECK(error_of(file.finish({x}, {y}), {}) == message);
    }
}

TEST_CASE("flatbuffers of another kind are named by their mark") {
    std::string bytes = synthetic_classifier({});
    const auto marked = [&](const char* mark) { return error_of(bytes.replace(4, 4, mark)); };
    CHECK(marked("ORTM") ==
          "net.tflite: is no TensorFlow Lite model (bytes 4 to 7 are 'ORTM', a model of ONNX Runtime's, not 'TFL3'); "
          "allowed: a .tflite file");
    CHECK(marked("TFL2") ==
          "net.tflite: is no TensorFlow Lite model (bytes 4 to 7 are 'TFL2', another version of the format, not "
          "'TFL3'); allowed: a .tflite file");
    CHECK(marked("ARMN") ==
          "net.tflite: is no TensorFlow Lite model (bytes 4 to 7 are 'ARMN', not 'TFL3'); allowed: a .tflite file");
}

TEST_CASE("arithmetic on two maps that is no addition is refused, with both maps") {
    for (const auto& [code, verb] : {std::pair{Code::SUB, "SUB) 'z': subtracts"},
                                     {Code::MUL, "MUL) 'z': multiplies"},
                                     {Code::DIV, "DIV) 'z': divides"}}) {
        Start start;
        const int w = start.file.floats("w2", {2, 1, 1, 2}, {1, 2, 3, 4});
        const int v = start.file.tensor("v", {1, 4, 4, 2}, float32);
        start.file.convolution({start.y, w}, v, {});
        const int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
        start.file.arithmetic(code, {start.y, v}, z);
        CHECK(error_of(start.file.finish({start.x}, {z})) ==
              "net.tflite: operator 2 (" + std::string(verb) +
                  " two feature maps, 'y' and 'v'; allowed: ADD of two maps, else one map and constants");
    }
}

TEST_CASE("arithmetic on a layer's output and a constant is refused") {
    Start start;
    const int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
    start.file.add({start.y, start.file.floats("one", {}, {1})}, z);
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: operator 1 (ADD) 'z': computes with tensor 'y'; allowed: only the picture, before the first "
          "layer, and constants");
}

TEST_CASE("a depth multiplier on several channels is refused, with why") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 2, 2, 3}, float32);
    const int y = file.tensor("y", {1, 2, 2, 6}, float32);
    file.depthwise({x, file.floats("w", {1, 1, 1, 6}, {1, 2, 3, 4, 5, 6})}, y, {});
    CHECK(
        error_of(file.finish({x}, {y})) ==
        "net.tflite: operator 0 (DEPTHWISE_CONV_2D) 'y': has a depth multiplier of 2 on 3 channels; allowed: 1, or any "
        "on a single channel (a depthwise layer keeps its channels, and an ordinary convolution would multiply by "
        "zeros 2 times out of 3)");
}

TEST_CASE("MINIMUM and MAXIMUM are understood as parts of RELU6 alone") {
    const auto bounded = [](Code code, float bound, bool then_convolution) {
        Start start;
        int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
        start.file.plain(code, {start.y, start.file.floats("bound", {}, {bound})}, {z});
        if (then_convolution) {
            const int v = start.file.tensor("v", {1, 4, 4, 2}, float32);
            start.file.convolution({z, start.file.floats("w2", {2, 1, 1, 2}, {1, 2, 3, 4})}, v, {});
            z = v;
        }
        return error_of(start.file.finish({start.x}, {z}));
    };
    CHECK(bounded(Code::MINIMUM, 1, false) ==
          "net.tflite: operator 1 (MINIMUM) 'z': bounds by 1; allowed: MINIMUM with 6, with RELU before or after it");
    CHECK(bounded(Code::MAXIMUM, -1, false) ==
          "net.tflite: operator 1 (MAXIMUM) 'z': bounds by -1; allowed: MAXIMUM with 0, which is RELU");
    CHECK(
        bounded(Code::MINIMUM, 6, true) ==
        "net.tflite: operator 2 (CONV_2D) 'v': takes tensor 'z', which MINIMUM bounds from above alone; allowed: RELU "
        "before or after MINIMUM");
    CHECK(bounded(Code::MINIMUM, 6, false) ==
          "net.tflite: its output 'z' is bounded by MINIMUM from above alone; allowed: RELU before or after MINIMUM");
}

TEST_CASE("what is done to the picture beside the usual is refused") {
    const auto turned = [](int axis) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 2, 2, 3}, float32);
        const int y = file.tensor("y", {1, 2, 2, 3}, float32);
        file.plain(Code::REVERSE_V2, {x, file.integers("axis", {1}, {axis})}, {y});
        return error_of(file.finish({x}, {y}));
    };
    CHECK(turned(2) ==
          "net.tflite: operator 0 (REVERSE_V2) 'y': turns round axes [2] of [1,2,2,3]; allowed: [3], the picture's "
          "channels");
    const auto cast = [](std::int8_t from, std::int8_t to) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 2, 2, 3}, from);
        const int y = file.tensor("y", {1, 2, 2, 3}, to);
        file.plain(Code::CAST, {x}, {y});
        return error_of(file.finish({x}, {y}));
    };
    CHECK(cast(float32, uint8) ==
          "net.tflite: operator 0 (CAST) 'y': turns float32 into uint8; allowed: uint8 or int8 into int32 or float32, "
          "int32 into float32");
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 2, 2, 3}, float32);
    const int y = file.tensor("y", {1, 2, 2, 3}, float32);
    file.arithmetic(Code::DIV, {x, file.floats("zero", {}, {0})}, y);
    CHECK(error_of(file.finish({x}, {y})) == "net.tflite: operator 0 (DIV) 'y': divides by 0; allowed: other numbers");
}

TEST_CASE("shapes that contradict each other are refused") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 4, 4, 3}, float32);
    const int w = file.floats("w", {2, 1, 1, 2}, {1, 2, 3, 4});
    const int y = file.tensor("y", {1, 4, 4, 2}, float32);
    file.convolution({x, w}, y, {});
    CHECK(error_of(file.finish({x}, {y})) ==
          "net.tflite: operator 0 (CONV_2D) 'y': has weights of shape [2,1,1,2] for 3 input channels; allowed: "
          "[out,kernel,kernel,in]");

    TfliteBuilder other;
    const int u = other.tensor("u", {1, 4, 4, 1}, float32);
    const int v = other.floats("v", {2, 1, 1, 1}, {1, 2});
    const int z = other.tensor("z", {1, 4, 4, 2}, float32);
    other.convolution({u, v}, z, {2});
    CHECK(error_of(other.finish({u}, {z})) ==
          "net.tflite: operator 0 (CONV_2D) 'z': gives shape [1,2,2,2] where the file states [1,4,4,2]; allowed: the "
          "same");
}

TEST_CASE("a fused activation that no description can say is refused") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 4, 4, 1}, float32);
    const int w = file.floats("w", {2, 1, 1, 1}, {1, 2});
    const int y = file.tensor("y", {1, 4, 4, 2}, float32);
    file.convolution({x, w}, y, {1, true, schema::ActivationFunctionType::TANH});
    CHECK(error_of(file.finish({x}, {y})) ==
          "net.tflite: operator 0 (CONV_2D) 'y': has fused activation 4; allowed: NONE, RELU, RELU6");
}

TEST_CASE("a RELU on what another operator sees as well is refused") {
    Start start;
    const int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
    start.file.plain(Code::RELU, {start.y}, {z});
    CHECK(error_of(start.file.finish({start.x}, {z, start.y})) ==
          "net.tflite: operator 1 (RELU) 'z': is applied to what other operators see as well; allowed: the output of "
          "one layer "
          "that nothing else takes");
}

TEST_CASE("a softmax with another beta is refused") {
    Start start;
    const int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
    start.file.softmax(start.y, z, 2);
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: operator 1 (SOFTMAX) 'z': has beta 2; allowed: 1");
}

TEST_CASE("a layer whose output nothing takes is refused") {
    Start start;
    const int w = start.file.floats("w2", {2, 1, 1, 2}, {1, 2, 3, 4});
    const int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
    start.file.convolution({start.y, w}, z, {});
    CHECK(error_of(start.file.finish({start.x}, {start.y})) ==
          "net.tflite: its output is taken by a layer as well; allowed: a last layer");
}

TEST_CASE("a detector that ends in raw outputs is said to lack its post-processing, other outputs are not called so") {
    Start start;
    const int w = start.file.floats("w2", {4, 1, 1, 2}, std::vector<float>(8, 1.0F));
    const int boxes = start.file.tensor("boxes", {1, 4, 4, 4}, float32);
    const int scores = start.file.tensor("scores", {1, 4, 4, 4}, float32);
    start.file.convolution({start.y, w}, boxes, {});
    start.file.convolution({start.y, w}, scores, {});
    CHECK(error_of(start.file.finish({start.x}, {boxes, scores})) ==
          "net.tflite: ends in the raw outputs 'boxes' of shape [1,4,4,4], 'scores' of shape [1,4,4,4] of a detector, "
          "without TFLite_Detection_PostProcess, which states priors and thresholds; allowed: such a detector with "
          "--boxes NAME, --scores NAME and --head H.json");
    CHECK(error_of(start.file.finish({start.x}, {boxes, scores, start.y})) ==
          "net.tflite: has 3 outputs, 'boxes' of shape [1,4,4,4], 'scores' of shape [1,4,4,4], 'y' of shape [1,4,4,2]; "
          "allowed: one of a classifier, those of TFLite_Detection_PostProcess, or a detector's raw ones named by "
          "--boxes and --scores");
}

TEST_CASE("a file of an unknown kind is a wrong command line") {
    CHECK(message_of<UsageError>([] { import_model("net.caffemodel", {}); }) ==
          "net.caffemodel: a .caffemodel holds no network of its own; give --prototxt FILE");
    CHECK(message_of<UsageError>([] { import_model("net.onnx", {}); }) ==
          "net.onnx: is no model file by its name; allowed: .tflite, .caffemodel");
    CHECK(message_of<UsageError>([] { read_weights("net.onnx", {}); }) ==
          "net.onnx: is no weights file by its name; allowed: .safetensors, .tflite, .caffemodel");
}

TEST_CASE("a file that is not there cannot be read") {
    CHECK(message_of([] { read_weights("no/such.tflite", {}); }) ==
          "no/such.tflite: cannot be read: No such file or directory; allowed: a readable file");
}

TEST_CASE("the names of files become identifiers") {
    const auto name = [](const std::string& file) {
        return import_tflite_bytes(synthetic_classifier({}), file, {{0}, {1}, std::nullopt}).description.name;
    };
    CHECK(name("a/b/coco-v1.0 (2).tflite") == "coco_v1_0_2");
    CHECK(name("300x300.tflite") == "model_300x300");
    CHECK(name("int.tflite") == "int_network");
    CHECK(name("--.tflite") == "network");
}

TEST_CASE("a max pool with an activation, or of what PAD padded with zeros, is refused") {
    Start start;
    const int z = start.file.tensor("z", {1, 2, 2, 2}, float32);
    start.file.max_pool(start.y, z, 2, 2, false, schema::ActivationFunctionType::RELU);
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: operator 1 (MAX_POOL_2D) 'z': has a fused activation; allowed: none");
    Start padded;
    const int table = padded.file.integers("table", {4, 2}, {0, 0, 1, 1, 1, 1, 0, 0});
    const int p = padded.file.tensor("p", {1, 6, 6, 2}, float32);
    padded.file.plain(Code::PAD, {padded.y, table}, {p});
    const int q = padded.file.tensor("q", {1, 3, 3, 2}, float32);
    padded.file.max_pool(p, q, 2, 2);
    CHECK(error_of(padded.file.finish({padded.x}, {q})) ==
          "net.tflite: operator 2 (MAX_POOL_2D) 'q': takes a padded map; allowed: a convolution after PAD");
}
