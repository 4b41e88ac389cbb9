// What TensorFlow Lite files of different years say in different ways: each is the same network to us.
#include "description/read.h"
#include "description/write.h"
#include "graph/build.h"
#include "import/import.h"
#include "support/warnings.h"
#include "tools/message.h"
#include "tools/synthetic_model.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const ImportOptions as_bytes{{0}, {1}, std::nullopt};

Imported import_bytes(const std::string& bytes, const ImportOptions& options = as_bytes) {
    return import_tflite_bytes(bytes, "net.tflite", options);
}

/// Operators on a 2x2 picture, then a 1x1 convolution of one output.
struct Picture {
    TfliteBuilder file;
    int channels;
    int x;
    int at;  // the tensor reached
    explicit Picture(std::int8_t type, const Quantised& quantised = {}, int depth = 3)
        : channels(depth), x(file.tensor("x", {1, 2, 2, depth}, type, quantised)), at(x) {}
    int next(std::int8_t type, const Quantised& quantised = {}) {
        return file.tensor("t", {1, 2, 2, channels}, type, quantised);
    }
    void plain(Code code, std::int8_t type, const Quantised& quantised = {}) {
        const int to = next(type, quantised);
        file.plain(code, {at}, {to});
        at = to;
    }
    void arithmetic(Code code, const std::vector<float>& numbers) {
        const int size = static_cast<int>(numbers.size());
        arithmetic(code, numbers, size == 1 ? std::vector<int>{} : std::vector<int>{size});
    }
    void arithmetic(Code code, const std::vector<float>& numbers, const std::vector<int>& shape) {
        const int constant = file.floats("c", shape, numbers);
        const int to = next(float32);
        file.arithmetic(code, {at, constant}, to);
        at = to;
    }
    void reverse(int axis) {
        const int to = next(float32);
        file.plain(Code::REVERSE_V2, {at, file.integers("axis", {1}, {axis})}, {to});
        at = to;
    }
    std::string bytes;  // once it is finished
    std::string finish() {
        if (!bytes.empty()) return bytes;
        std::vector<float> weights;
        for (int i = 0; i < channels; ++i) weights.push_back(static_cast<float>(i + 1));
        const int y = file.tensor("y", {1, 2, 2, 1}, float32);
        file.convolution({at, file.floats("w", {1, 1, 1, channels}, weights)}, y, {});
        return bytes = file.finish({x}, {y});
    }
    InputDescription input(const ImportOptions& options = {}) {
        return import_bytes(finish(), options).description.input;
    }
};

using Numbers = std::vector<float>;

}  // namespace

TEST_CASE("a depthwise layer with a multiplier on one channel is an ordinary convolution") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 4, 4, 1}, float32);
    std::vector<float> weights;
    for (int i = 0; i < 18; ++i) weights.push_back(static_cast<float>(i));  // [1][y][x][channel]
    const int y = file.tensor("y", {1, 2, 2, 2}, float32);
    file.depthwise({x, file.floats("w", {1, 3, 3, 2}, weights), file.floats("b", {2}, {7, 8})}, y, {2});
    const Imported imported = import_bytes(file.finish({x}, {y}));
    const LayerDescription& layer = imported.description.backbone.at(0);
    CHECK(layer.kind == LayerKind::convolution);
    CHECK(layer.channels == 2);
    const WeightTensor& weight = imported.weights.tensors.at("y.weight");
    CHECK(weight.shape == std::vector<int>{2, 1, 3, 3});
    CHECK(weight.values() == Numbers{0, 2, 4, 6, 8, 10, 12, 14, 16, 1, 3, 5, 7, 9, 11, 13, 15, 17});
    CHECK(imported.weights.tensors.at("y.bias").values() == Numbers{7, 8});
}

TEST_CASE("windows that differ between rows and columns") {
    TfliteBuilder file;
    const auto count = [](int values) {
        Numbers numbers;
        for (int i = 0; i < values; ++i) numbers.push_back(static_cast<float>(i));
        return numbers;
    };
    const int x = file.tensor("x", {1, 9, 12, 3}, float32);
    const int conv = file.tensor("conv", {1, 5, 12, 4}, float32);
    file.convolution({x, file.floats("w", {4, 3, 5, 3}, count(180))}, conv, {{2, 1}, true});
    const int dw = file.tensor("dw", {1, 5, 6, 4}, float32);
    file.depthwise({conv, file.floats("v", {1, 1, 7, 4}, count(28))}, dw, {{1, 2}, true});
    const int dilated = file.tensor("dilated", {1, 5, 2, 1}, float32);
    file.convolution({dw, file.floats("u", {1, 1, 3, 4}, count(12))}, dilated,
                     {1, false, schema::ActivationFunctionType::NONE, {1, 2}});
    const int pool = file.tensor("pool", {1, 2, 2, 1}, float32);
    file.average_pool(dilated, pool, {2, 1}, {3, 1});
    const int most = file.tensor("most", {1, 2, 1, 1}, float32);
    file.max_pool(pool, most, {1, 2}, {1, 3});
    const Imported imported = import_bytes(file.finish({x}, {most}));
    const auto& layers = imported.description.backbone;
    REQUIRE(layers.size() == 3);
    CHECK(layers[0].kernel == PerAxis{3, 5});
    CHECK(layers[0].stride == PerAxis{2, 1});
    CHECK(layers[1].kernel == PerAxis{1, 7});
    CHECK(layers[1].stride == PerAxis{1, 2});
    CHECK(layers[2].kernel == PerAxis{1, 3});
    CHECK(layers[2].dilation == PerAxis{1, 2});
    CHECK(layers[2].pad == Pads{0, 0, 0, 0});
    REQUIRE(imported.description.classifier.size() == 2);
    CHECK(imported.description.classifier[0].kernel == PerAxis{2, 1});
    CHECK(imported.description.classifier[0].stride == PerAxis{3, 1});
    CHECK(imported.description.classifier[1].kernel == PerAxis{1, 2});
    CHECK(imported.description.classifier[1].stride == PerAxis{1, 3});
    CHECK(imported.weights.tensors.at(layers[0].name + ".weight").shape == std::vector<int>{4, 3, 3, 5});
    CHECK(imported.weights.tensors.at(layers[0].name + ".weight").values()[1] == 3);  // the next column's first input
    CHECK(imported.weights.tensors.at(layers[1].name + ".weight").shape == std::vector<int>{4, 1, 1, 7});
    // Whatever is out of range is said for both axes.
    TfliteBuilder wrong;
    const int picture = wrong.tensor("x", {1, 9, 12, 3}, float32);
    const int made = wrong.tensor("y", {1, 9, 12, 4}, float32);
    wrong.convolution({picture, wrong.floats("w", {4, 1, 1, 3}, count(12))}, made, {{1, 0}, true});
    CHECK(message_of([&] { import_bytes(wrong.finish({picture}, {made})); }) ==
          "net.tflite: operator 0 (CONV_2D) 'y': has a stride of 1x0; allowed: 1 to 255 both ways");
}

TEST_CASE("a bias has one axis, whatever dimension its scales claim") {
    for (const int dimension : {0, 1, 3, -1}) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 2, 2, 1}, int8, {{0.5F}, {0}, 0});
        const int w = file.integers("w", {2, 1, 1, 1}, {1, 2}, int8, {{0.5F, 0.25F}, {0, 0}, 0});
        const int b = file.integers("b", {2}, {4, 8}, int32, {{0.25F, 0.125F}, {0, 0}, dimension});
        const int y = file.tensor("y", {1, 2, 2, 2}, int8, {{0.5F}, {0}, 0});
        file.convolution({x, w, b}, y, {});
        CHECK(import_bytes(file.finish({x}, {y}), {}).weights.tensors.at("y.bias").values() == Numbers{1, 1});
    }
}

TEST_CASE("a file that casts its bytes itself takes them as they are") {
    Picture plain(uint8);
    plain.plain(Code::CAST, float32);
    CHECK(plain.input().mean == Numbers{0, 0, 0});
    CHECK(plain.input().scale == Numbers{1, 1, 1});

    Picture of_signed(int8, {{0.5F}, {3}, 0});  // CAST takes the stored number, not what the quantisation makes of it
    of_signed.plain(Code::CAST, float32);
    CHECK(of_signed.input().mean == Numbers{128, 128, 128});
    CHECK(of_signed.input().scale == Numbers{1, 1, 1});

    Picture steps(uint8);
    steps.plain(Code::CAST, int32);
    steps.plain(Code::CAST, float32);
    steps.arithmetic(Code::SUB, {127, 128, 129});
    steps.arithmetic(Code::DIV, {64});
    CHECK(steps.input().mean == Numbers{127, 128, 129});
    CHECK(steps.input().scale == Numbers{0.015625F, 0.015625F, 0.015625F});
    CHECK(message_of([&] { steps.input(as_bytes); }) ==
          "net.tflite: states its input normalisation itself; allowed: no --mean, --scale or --std");
}

TEST_CASE("the file's own arithmetic follows what the options say") {
    Picture picture(float32);
    picture.arithmetic(Code::DIV, {2, 4, 8});
    picture.arithmetic(Code::ADD, {-8});
    picture.arithmetic(Code::MUL, {2});
    const InputDescription input = picture.input({{10}, {4}, std::nullopt});  // ((b - 10) * 4 / 2 - 8) * 2
    CHECK(input.mean == Numbers{14, 18, 26});
    CHECK(input.scale == Numbers{4, 2, 1});
}

TEST_CASE("the file's constants may have any shape that is one number, or one a channel") {
    for (const int channels : {1, 3})
        for (const Code code : {Code::ADD, Code::SUB, Code::MUL, Code::DIV})
            for (const std::vector<int>& shape :
                 {std::vector<int>{}, {1}, {1, 1, 1, 1}, {channels}, {1, 1, 1, channels}}) {
                CAPTURE(channels);
                CAPTURE(shape.size());
                Picture picture(float32, {}, channels);
                const bool each = !shape.empty() && shape.back() == channels;
                picture.arithmetic(code, std::vector<float>(each ? static_cast<std::size_t>(channels) : 1, 2), shape);
                const InputDescription input = picture.input({{0}, {1}, std::nullopt});
                CHECK(input.scale[0] == (code == Code::MUL ? 2 : code == Code::DIV ? 0.5F : 1));
                CHECK(input.mean[0] == (code == Code::ADD ? -2 : code == Code::SUB ? 2 : 0));
            }
}

TEST_CASE("a normalisation beside the file's own is warned of, with what is likely meant") {
    const auto warnings = [](Picture& picture, const ImportOptions& options) {
        take_warnings();
        picture.input(options);
        return take_warnings();
    };
    Picture picture(float32);
    picture.arithmetic(Code::DIV, {128});
    picture.arithmetic(Code::SUB, {1});
    CHECK(
        warnings(picture, {{127.5F}, {0.0078125F}, std::nullopt}) ==
        std::vector<std::string>{
            "net.tflite: computes x * 0.0078125 -1 of its picture itself, so that after --mean 127.5 --scale 0.0078125 "
            "its first layer gets -1.008 to -0.9922: is --mean 0 --scale 1 meant?"});
    CHECK(warnings(picture, {{0}, {1}, std::nullopt}).empty());
}

TEST_CASE("channels that the file turns round are in the other order to the layers") {
    Picture picture(float32);
    picture.arithmetic(Code::SUB, {1, 2, 3});  // of red, green, blue
    picture.reverse(3);
    picture.arithmetic(Code::DIV, {2, 4, 8});  // of blue, green, red
    const InputDescription input = picture.input({{10, 20, 30}, {1}, std::nullopt});
    CHECK(input.order == ChannelOrder::bgr);
    CHECK(input.mean == Numbers{33, 22, 11});
    CHECK(input.scale == Numbers{0.5F, 0.25F, 0.125F});
    CHECK(picture.input({{0}, {1}, ChannelOrder::bgr}).order == ChannelOrder::rgb);

    Picture twice(float32);
    twice.reverse(-1);
    twice.reverse(3);
    CHECK(twice.input(as_bytes).order == ChannelOrder::rgb);
    Picture gray(float32, {}, 1);
    gray.reverse(3);
    CHECK(gray.input(as_bytes).order == ChannelOrder::gray);
}

TEST_CASE("MINIMUM with 6 and RELU, in either order and form, are RELU6") {
    const auto activation = [](const std::vector<Code>& codes, bool swapped) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 2, 2, 1}, float32);
        int at = file.tensor("y", {1, 2, 2, 1}, float32);
        file.convolution({x, file.floats("w", {1, 1, 1, 1}, {1})}, at, {});
        for (const Code code : codes) {
            const int to = file.tensor("t", {1, 2, 2, 1}, float32);
            std::vector<int> inputs{at};
            if (code == Code::MINIMUM || code == Code::MAXIMUM)
                inputs.insert(swapped ? inputs.begin() : inputs.end(),
                              file.floats("bound", {}, {code == Code::MINIMUM ? 6.0F : 0.0F}));
            file.plain(code, inputs, {to});
            at = to;
        }
        return import_bytes(file.finish({x}, {at})).description.backbone.at(0).activation;
    };
    for (const bool swapped : {false, true}) {
        CHECK(activation({Code::RELU, Code::MINIMUM}, swapped) == Activation::relu6);
        CHECK(activation({Code::MINIMUM, Code::RELU}, swapped) == Activation::relu6);
        CHECK(activation({Code::MAXIMUM, Code::MINIMUM}, swapped) == Activation::relu6);
        CHECK(activation({Code::MINIMUM, Code::MAXIMUM}, swapped) == Activation::relu6);
        CHECK(activation({Code::RELU6, Code::MINIMUM}, swapped) == Activation::relu6);
        CHECK(activation({Code::MAXIMUM}, swapped) == Activation::relu);
    }
}

TEST_CASE("a quantised 6 is 6 within half a step") {
    TfliteBuilder file;
    const Quantised step{{6.0F / 255}, {-128}, 0};
    const int x = file.tensor("x", {1, 2, 2, 1}, int8, {{1}, {-128}, 0});
    const int y = file.tensor("y", {1, 2, 2, 1}, int8, step);
    file.convolution({x, file.integers("w", {1, 1, 1, 1}, {1}, int8, {{1}, {0}, 0})}, y,
                     {1, true, schema::ActivationFunctionType::RELU});
    const int z = file.tensor("z", {1, 2, 2, 1}, int8, step);
    file.plain(Code::MINIMUM, {y, file.integers("six", {1}, {127}, int8, step)}, {z});
    CHECK(import_bytes(file.finish({x}, {z}), {}).description.backbone.at(0).activation == Activation::relu6);
}

TEST_CASE("a classifier that ends in LOGISTIC says scores: sigmoid") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 1, 1, 3}, float32);
    const int y = file.tensor("y", {1, 1, 1, 2}, float32);
    file.convolution({x, file.floats("w", {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6})}, y, {});
    const int z = file.tensor("z", {1, 1, 1, 2}, float32);
    file.plain(Code::LOGISTIC, {y}, {z});
    const Description description = import_bytes(file.finish({x}, {z})).description;
    CHECK(description.scores == ScoreConversion::sigmoid);
    CHECK(description.backbone.size() == 1);
    CHECK(parse_description(write_description(description), "again.json").scores == ScoreConversion::sigmoid);
}

TEST_CASE("an int8 network with float inputs and outputs needs mean and scale, and is the same otherwise") {
    SyntheticModel model;
    model.form = Form::int8_per_channel;
    const Imported bytes = import_tflite_bytes(synthetic_classifier(model), "net.tflite", {});
    model.float_ends = true;
    const std::string file = synthetic_classifier(model);
    CHECK(message_of([&] { import_bytes(file, {}); }) ==
          "net.tflite: states no input normalisation; give --mean and --scale, or --mean and --std");
    take_warnings();
    const Imported floats = import_bytes(file, {{128}, {1.0F / 128}, std::nullopt});
    CHECK(take_warnings().empty());
    import_bytes(file, {{0}, {1.0F / 255}, std::nullopt});
    CHECK(take_warnings().empty());
    import_bytes(file, {{0}, {1}, std::nullopt});
    CHECK(take_warnings() ==
          std::vector<std::string>{
              "net.tflite: its QUANTIZE takes pictures of -1 to 0.9922, --mean and --scale give 0 to 255; the file "
              "cuts off what lies outside, so it was made for others"});
    CHECK(write_description(floats.description) == write_description(bytes.description));
    REQUIRE(floats.weights.tensors.size() == bytes.weights.tensors.size());
    for (const auto& [name, tensor] : bytes.weights.tensors)
        CHECK(floats.weights.tensors.at(name).values() == tensor.values());
}

TEST_CASE("subgraphs that are equal but for names count as one; of others the option takes one") {
    const auto network = [](float weight, const std::string& prefix) {
        TfliteBuilder file;
        const int x = file.tensor(prefix + "x", {1, 2, 2, 1}, float32);
        const int y = file.tensor("y", {1, 2, 2, 1}, float32);
        file.convolution({x, file.floats("w", {1, 1, 1, 1}, {weight})}, y, {});
        return file;
    };
    const TfliteBuilder one = network(1, ""), same = network(1, "serving_"), other = network(2, "");
    const auto file = [](const std::vector<std::pair<std::string, const TfliteBuilder*>>& parts) {
        std::vector<TfliteBuilder::Subgraph> subgraphs;
        for (const auto& [name, part] : parts) subgraphs.push_back({name, part, {0}, {1}});
        return TfliteBuilder::finish(subgraphs);
    };
    CHECK(import_bytes(file({{"main", &one}, {"serving", &same}})).weights.tensors.at("y.weight").values() ==
          Numbers{1});
    const std::string two = file({{"main", &one}, {"again", &same}, {"body", &other}});
    CHECK(message_of([&] { import_bytes(two); }) ==
          "net.tflite: holds 3 subgraphs that differ: 0 'main', 1 'again', 2 'body'; allowed: one, or import with "
          "--subgraph N");
    ImportOptions options = as_bytes;
    options.subgraph = 2;
    CHECK(import_bytes(two, options).weights.tensors.at("y.weight").values() == Numbers{2});
    options.subgraph = 3;
    CHECK(message_of([&] { import_bytes(two, options); }) ==
          "net.tflite: holds 3 subgraphs: 0 'main', 1 'again', 2 'body'; allowed for --subgraph: 0 to 2");
    options.subgraph = -1;
    CHECK(message_of([&] {
              import_bytes(file({{"main", &one}}), options);
          }) == "net.tflite: holds 1 subgraph: 0 'main'; allowed for --subgraph: 0 to 0");
}

TEST_CASE("options that belong together, or to another kind of file, are a wrong command line") {
    ImportOptions options;
    options.boxes = "b";
    CHECK(message_of<UsageError>([&] { import_model("net.tflite", options); }) ==
          "--boxes: found without --scores, --head; allowed: --boxes, --scores and --head together");
    CHECK(message_of<UsageError>([&] { import_weights("net.tflite", {}, options); }) ==
          "--boxes: found without --scores; allowed: --boxes and --scores together");
    options.subgraph = 1;
    CHECK(message_of<UsageError>([&] { import_model("net.caffemodel", options); }) ==
          "net.caffemodel: takes no --subgraph, --boxes; allowed: with a .tflite");
    options = {};
    options.prototxt = "net.prototxt";
    CHECK(message_of<UsageError>([&] { import_model("net.tflite", options); }) ==
          "net.tflite: takes no --prototxt; allowed: with a .caffemodel");
    options = {{1}, {1}, ChannelOrder::bgr};
    options.head = "h.json";
    CHECK(message_of<UsageError>([&] { import_weights("net.tflite", {}, options); }) ==
          "--into: found with --mean, --scale, --channel-order, --head; allowed: without, the description says that");
}

TEST_CASE("max pools keep their padding rule, and one over the whole map is global") {
    for (const bool same : {false, true}) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 7, 7, 3}, float32);
        const int w = file.floats("w", {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6});
        const int y = file.tensor("y", {1, 7, 7, 2}, float32);
        file.convolution({x, w}, y, {});
        const int side = same ? 4 : 3;
        const int pooled = file.tensor("pooled", {1, side, side, 2}, float32);
        file.max_pool(y, pooled, 3, 2, same);
        const int v = file.floats("v", {2, 1, 1, 2}, {1, 2, 3, 4});
        const int z = file.tensor("z", {1, side, side, 2}, float32);
        file.convolution({pooled, v}, z, {});
        const int most = file.tensor("most", {1, 1, 1, 2}, float32);
        file.max_pool(z, most, side, 1, false);
        const Imported imported = import_bytes(file.finish({x}, {most}));
        const LayerDescription& pool = imported.description.backbone.at(1);
        CHECK(pool.kind == LayerKind::max_pool);
        CHECK(pool.kernel == 3);
        CHECK(pool.stride == 2);
        CHECK(pool.padding == (same ? PaddingRule::same : PaddingRule::caffe));
        CHECK(pool.pad == (same ? std::nullopt : std::optional(Pads{0, 0, 0, 0})));
        CHECK(pool.rounding == PoolRounding::floor);
        const LayerDescription& global = imported.description.backbone.at(3);
        CHECK(global.kind == LayerKind::max_pool);
        CHECK(global.kernel == 0);
        const Graph graph = build_graph(imported.description);
        CHECK(graph.tensors[static_cast<std::size_t>(graph.nodes[2].outputs[0])].shape == Shape{side, side, 2});
    }
}
