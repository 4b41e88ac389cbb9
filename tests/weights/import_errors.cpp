#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "weights/import.h"
#include "weights/message.h"
#include "weights/synthetic_model.h"

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
    const std::string message = "net.tflite: states no input normalisation; give --mean and --scale";
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
          "net.tflite: states its input normalisation itself; allowed: no --mean and no --scale");
}

TEST_CASE("the channel order fits the number of channels") {
    SyntheticModel model;
    CHECK(error_of(synthetic_classifier(model), {{0}, {1}, ChannelOrder::gray}) ==
          "net.tflite: has 3 input channels; allowed for --channel-order: rgb, bgr");
    model.channels = 1;
    CHECK(error_of(synthetic_classifier(model), {{0}, {1}, ChannelOrder::bgr}) ==
          "net.tflite: has 1 input channel; allowed for --channel-order: gray");
}

TEST_CASE("an operator that is not understood is named with its index, type and tensor") {
    Start start;
    const int z = start.file.tensor("z", {1, 2, 2, 2}, float32);
    start.file.plain(Code::MAX_POOL_2D, {start.y}, {z});
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: operator 1 (MAX_POOL_2D) 'z': is an operator that is not understood; allowed: those of "
          "MobileNet v1 and "
          "its SSD detector (convolutions, pools, RELU, RELU6, FULLY_CONNECTED, RESHAPE, SOFTMAX, LOGISTIC, "
          "CONCATENATION, "
          "TFLite_Detection_PostProcess)");
}

TEST_CASE("a sum of two layers is refused") {
    Start start;
    const int z = start.file.tensor("z", {1, 4, 4, 2}, float32);
    start.file.add({start.y, start.y}, z);
    CHECK(error_of(start.file.finish({start.x}, {z})) ==
          "net.tflite: operator 1 (ADD) 'z': computes with tensor 'y'; allowed: only the picture, before the first "
          "layer, and "
          "constants");
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

TEST_CASE("a detector that ends in raw outputs is said to lack its post-processing") {
    Start start;
    const int w = start.file.floats("w2", {4, 1, 1, 2}, std::vector<float>(8, 1.0F));
    const int boxes = start.file.tensor("boxes", {1, 4, 4, 4}, float32);
    const int scores = start.file.tensor("scores", {1, 4, 4, 4}, float32);
    start.file.convolution({start.y, w}, boxes, {});
    start.file.convolution({start.y, w}, scores, {});
    CHECK(error_of(start.file.finish({start.x}, {boxes, scores})) ==
          "net.tflite: ends in the raw outputs 'boxes', 'scores' of a detector, without TFLite_Detection_PostProcess, "
          "which "
          "states anchors and thresholds; allowed: a detector exported with it, or a classifier with one output");
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
