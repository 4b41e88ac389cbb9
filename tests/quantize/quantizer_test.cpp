// Claims: a quantized network follows TensorFlow Lite's specification of int8, and computes what it did, nearly.

#include "quantize/quantizer.h"

#include "networks.h"
#include "passes/dequantize.h"
#include "quantize/correct_biases.h"
#include "quantize/equalize.h"
#include "quantize/fidelity.h"
#include "quantize/float_layers.h"
#include "reference/float_executor.h"
#include "reference/integer_interpreter.h"
#include "reference/quantized_executor.h"
#include "weights/safetensors.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// What a layer makes.
const Tensor& map_of(const Graph& graph, const std::string& name) {
    return graph.tensors[static_cast<std::size_t>(node_of(graph, name).outputs[0])];
}

struct Made {
    Description description;
    Graph real;
    Pictures pictures;
    PictureStatistics calibration;
    Graph quantized;
};

Made make(const Description& description, const QuantizeOptions& options = {}, const std::set<std::string>& kept = {}) {
    Made made;
    made.description = description;
    made.real = with_random_weights(description);
    made.pictures = made_pictures(made.real, 6);
    made.calibration = calibrate(made.real, made.pictures, 2, "");
    made.quantized = quantize_graph(made.real, made.calibration, options, kept);
    return made;
}

double signal_to_noise(const Made& made, const Graph& graph, const std::string& name) {
    for (const LayerFidelity& layer : compare(made.real, graph, made.pictures, 2))
        if (layer.name == name) return layer.signal_to_noise;
    return 0;
}

/// The mean over channels of how far the mean of a layer's sums is off, relative to their size.
double mean_error(const Made& made, const Graph& graph, const std::string& name) {
    const QuantizedExecutor executor(graph, Requantization::float_product);
    const FloatExecutor floats(made.real);
    const TensorId id = tensor_of(graph, name);
    const auto channels = static_cast<std::size_t>(shape_of(graph, id).channels);
    std::vector<double> errors(channels, 0);
    double size = 0;
    for (const InputPicture& picture : made.pictures.pictures) {
        const auto expected = floats.run(picture.bytes)[static_cast<std::size_t>(id)];
        const auto found = executor.real_values(id, executor.run(picture.bytes));
        for (std::size_t i = 0; i < found.size(); ++i) {
            errors[i % channels] += static_cast<double>(found[i] - expected[i]);
            size += std::abs(static_cast<double>(expected[i]));
        }
    }
    double sum = 0;
    for (const double error : errors) sum += std::abs(error);
    return sum / size;
}

}  // namespace

TEST_CASE("weights are symmetric along output channels, biases of input times weights, fully connected of one scale") {
    const Made made = make(branches());
    const Weights weights = weights_of_graph(made.quantized, {});
    CHECK(weights.requantization == Requantization::float_product);
    for (const char* layer : {"first", "dw", "pw", "left", "right", "narrow", "fc"}) {
        CAPTURE(std::string(layer));
        const WeightTensor& weight = weights.tensors.at(std::string(layer) + ".weight");
        const WeightTensor& bias = weights.tensors.at(std::string(layer) + ".bias");
        const bool one = std::string(layer) == "fc";
        CHECK(weight.element() == Element::s8);
        CHECK(bias.element() == Element::s32);
        CHECK(weight.quantization->axis == (one ? -1 : 0));
        CHECK(weight.quantization->scale.size() == (one ? 1 : static_cast<std::size_t>(weight.shape[0])));
        for (const std::int32_t zero : weight.quantization->zero_point) CHECK(zero == 0);
        const auto& numbers = std::get<std::vector<std::int8_t>>(weight.numbers);
        CHECK(*std::min_element(numbers.begin(), numbers.end()) >= -127);
        const auto largest =
            std::max_element(numbers.begin(), numbers.end(), [](int a, int b) { return std::abs(a) < std::abs(b); });
        CHECK(std::abs(int{*largest}) == 127);
        const Node& node = node_of(made.quantized, layer);
        const float input = made.quantized.tensors[static_cast<std::size_t>(node.inputs[0])].quantization->scale[0];
        for (std::size_t c = 0; c < bias.quantization->scale.size(); ++c)
            CHECK(bias.quantization->scale[c] == input * weight.quantization->scale[c]);
        const std::vector<float> before =
            weights_of_graph(made.real, {}).tensors.at(std::string(layer) + ".weight").values();
        const std::vector<float> after = weight.values();
        const std::size_t terms = one ? after.size() : after.size() / weight.quantization->scale.size();
        for (std::size_t i = 0; i < after.size(); ++i)
            CHECK(std::abs(after[i] - before[i]) <= weight.quantization->scale[i / terms] * 0.501F);
    }
}

TEST_CASE("maps share scales where the specification says so, and hold 0 exactly") {
    const Made made = make(branches());
    const auto meaning = [&](const char* name) { return *map_of(made.quantized, name).quantization; };
    CHECK(meaning("both") == meaning("most"));
    CHECK(meaning("both") == meaning("narrow"));
    CHECK(meaning("most") == meaning("sum"));
    CHECK(meaning("mean") == meaning("both"));
    CHECK(!(meaning("left") == meaning("right")));
    CHECK(meaning("prob") == Quantization{{1.0F / 256}, {-128}, -1});
    for (const char* name : {"first", "dw", "pw"}) CHECK(meaning(name).zero_point[0] == -128);
    for (const Node& node : made.quantized.nodes) {
        CAPTURE(node.name);
        CHECK(map_of(made.quantized, node.name).element == Element::s8);
    }
}

TEST_CASE("the predictors of a detector share a scale a kind, and what it cuts off changes no score") {
    Description description = detector(16, 16, {convolution("a", 8, 3, 2), convolution("b", 8, 3, 2)}, {"a", "b"}, 4);
    Made made = make(description);
    const StoredHead& head = made.quantized.head->stored;
    REQUIRE(head.boxes);
    REQUIRE(head.logits);
    CHECK(!head.scores);
    CHECK(!(head.boxes == head.logits));
    for (const HeadSource& source : made.quantized.head->sources) {
        CHECK(made.quantized.tensors[static_cast<std::size_t>(source.boxes)].quantization == head.boxes->quantization);
        CHECK(made.quantized.tensors[static_cast<std::size_t>(source.logits)].quantization ==
              head.logits->quantization);
    }
    // What is cut off of the logits changes no score.
    const StoredRange range = stored_range(*head.logits);
    const float low = range.scale * static_cast<float>(range.lowest - range.zero_point),
                high = range.scale * static_cast<float>(range.highest - range.zero_point);
    const auto values = FloatExecutor(made.real).run(made.pictures.pictures[0].bytes);
    const auto score = [](const float* row, int label, float least, float most) {
        double sum = 0;
        for (int i = 0; i < 4; ++i) sum += std::exp(static_cast<double>(std::clamp(row[i], least, most)));
        return std::exp(static_cast<double>(std::clamp(row[label], least, most))) / sum;
    };
    bool cuts = false;
    for (const HeadSource& source : made.quantized.head->sources) {
        const FloatValues& logits = values[static_cast<std::size_t>(source.logits)];
        for (std::size_t i = 0; i < logits.size(); ++i) {
            const float* row = logits.data() + i / 4 * 4;
            cuts = cuts || logits[i] < low;
            CHECK(score(row, static_cast<int>(i % 4), low, high) ==
                  doctest::Approx(score(row, static_cast<int>(i % 4), -1e30F, 1e30F)).epsilon(0.02));
        }
    }
    CHECK(cuts);
}

TEST_CASE("what is written is bound again to the same graph, and the interpreter gives the executor's bytes") {
    const Made made = make(branches());
    const Weights read =
        parse_safetensors(serialize_safetensors(weights_of_graph(made.quantized, {})), "q.safetensors");
    Graph graph = build_graph(made.description);
    bind_weights(graph, made.description, read);
    const std::vector<std::uint8_t>& picture = made.pictures.pictures[0].bytes;
    const auto expected = interpret_integers(graph, picture, Requantization::float_product);
    const auto found = QuantizedExecutor(made.quantized, Requantization::float_product).run(picture);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(graph.tensors[i].name);
        CHECK(expected[i] == found.stored[i]);
    }
}

TEST_CASE("8 bits keep the network: 20 dB and more at its end, and dequantized weights as much in float") {
    const Made made = make(branches());
    CHECK(signal_to_noise(made, made.quantized, "fc") > 20);
    Graph floats = dequantize(made.quantized);
    CHECK(signal_to_noise(made, floats, "fc") > 20);
    QuantizeOptions options;
    options.per_tensor = true;
    const Made coarse = make(branches(), options);
    for (const Node& node : coarse.quantized.nodes)
        if (const auto* layer = std::get_if<Depthwise>(&node.operation)) CHECK(layer->weights.quantization->axis == -1);
    CHECK(signal_to_noise(coarse, coarse.quantized, "fc") > 10);
}

TEST_CASE(
    "a picture with a whole mean is stored exactly; channels of their own are taken up by the weights that read it") {
    Description description =
        classifier(9, 9, 3, {convolution("first", 4, 3, 1), average_pool("mean", 0), fully_connected("fc", 3)});
    description.backbone[0].pad = Pads{0, 0, 0, 0};
    description.input.mean.assign(3, 128.0F);
    description.input.scale.assign(3, 0.0078125F);
    const Made exact = make(description);
    CHECK(map_of(exact.quantized, "input").quantization == Quantization{{0.0078125F}, {0}, -1});
    description.input.mean = {104.0F, 117.0F, 123.5F};
    description.input.scale = {0.02F, -0.01F, 0.005F};
    const Made made = make(description);
    CHECK(map_of(made.quantized, "input").quantization->scale[0] == 0.02F);
    // Without padding nothing but rounding is left; and in float, the description's mean is not the file's any more.
    CHECK(signal_to_noise(made, made.quantized, "first") > 30);
    CHECK(signal_to_noise(made, dequantize(made.quantized), "first") > 30);
}

TEST_CASE("a layer in float keeps its weights, and its map is stored only where whole numbers take it") {
    const Made made = make(branches(), {}, {"pw", "fc"});
    const auto stored = [&](const char* name) { return map_of(made.quantized, name).quantization.has_value(); };
    CHECK(std::get<Convolution>(node_of(made.quantized, "pw").operation).weights.element() == Element::f32);
    CHECK(stored("pw"));   // left and right are of whole numbers
    CHECK(!stored("fc"));  // prob goes with it
    CHECK(!stored("prob"));
    CHECK(stored("mean"));
    CHECK(is_integer(made.quantized, node_of(made.quantized, "mean")));
    CHECK(!is_integer(made.quantized, node_of(made.quantized, "prob")));
    CHECK(signal_to_noise(made, made.quantized, "prob") >
          signal_to_noise(make(branches()), make(branches()).quantized, "prob"));
    const Made first = make(branches(), {}, {"first"});
    CHECK(!map_of(first.quantized, "input").quantization);
    CHECK(map_of(first.quantized, "first").quantization.has_value());
    const Weights weights = weights_of_graph(made.quantized, {});
    CHECK(weights.maps.count("fc") == 0);
    CHECK(weights.maps.count("pw") == 1);
}

TEST_CASE("a predictor in float is stored as the others of its kind, and all of a kind in float are not") {
    const Description description =
        detector(16, 16, {convolution("a", 8, 3, 2), convolution("b", 8, 3, 2)}, {"a", "b"}, 4);
    const Made one = make(description, {}, {"a_mbox_loc"});
    CHECK(map_of(one.quantized, "a_mbox_loc").quantization == one.quantized.head->stored.boxes->quantization);
    const Made all = make(description, {}, {"a_mbox_loc", "b_mbox_loc"});
    CHECK(!all.quantized.head->stored.boxes);
    CHECK(all.quantized.head->stored.logits);
    CHECK(!map_of(all.quantized, "a_mbox_loc").quantization);
}

TEST_CASE("bias correction takes off most of the mean error of the channels") {
    QuantizeOptions options;
    options.per_tensor = true;  // larger errors
    Made made = make(branches(), options);
    Graph corrected = made.quantized;
    correct_biases(corrected, made.calibration, made.pictures, 2);
    const double before = mean_error(made, made.quantized, "narrow"), after = mean_error(made, corrected, "narrow");
    CHECK(after < before / 2);
    Graph again = made.quantized;
    correct_biases(again, made.calibration, made.pictures, 1);
    CHECK(serialize_safetensors(weights_of_graph(again, {})) == serialize_safetensors(weights_of_graph(corrected, {})));
}

TEST_CASE("calibration gives the same whatever the number of threads") {
    const Graph graph = with_random_weights(branches());
    const Pictures pictures = made_pictures(graph, 9);
    std::vector<std::string> files;
    for (const int threads : {1, 2, 5}) {
        Graph quantized = quantize_graph(graph, calibrate(graph, pictures, threads, ""), {}, {});
        correct_biases(quantized, calibrate(graph, pictures, threads, ""), pictures, threads);
        files.push_back(serialize_safetensors(weights_of_graph(quantized, {})));
    }
    CHECK(files[0] == files[1]);
    CHECK(files[0] == files[2]);
}

TEST_CASE("equalization keeps what a network computes and makes channels equally large; ReLU6 is left where it cuts") {
    for (const Activation activation : {Activation::relu, Activation::relu6}) {
        CAPTURE(static_cast<int>(activation));
        Description description = classifier(12, 12, 3,
                                             {convolution("first", 8, 3), depthwise("dw", 3), pointwise("pw", 8),
                                              average_pool("mean", 0), fully_connected("fc", 4)});
        for (std::size_t i = 0; i < 3; ++i) description.backbone[i].activation = activation;
        description.input.mean.assign(3, 128.0F);
        description.input.scale.assign(3, 1 / 64.0F);
        Graph graph = with_random_weights(description);
        // A depthwise layer whose channels are of very different sizes, as trained ones are.
        auto& weights = std::get<Depthwise>(graph.nodes[2].operation).weights.floats();
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= std::exp2(static_cast<float>(i % 8) - 4.0F);
        const Pictures pictures = made_pictures(graph, 4);
        const Graph before = graph;
        const Equalization done = equalize(graph, calibrate(graph, pictures, 1, ""));
        CHECK(done.channels > 8);
        for (const LayerFidelity& layer : compare(before, graph, pictures, 1))
            if (layer.name == "fc" || layer.name == "mean") CHECK(layer.signal_to_noise > 80);
        const auto spread = [](const Graph& of) {
            std::vector<double> largest(8, 0);
            const auto& values = std::get<Depthwise>(of.nodes[2].operation).weights.floats();
            for (std::size_t i = 0; i < values.size(); ++i)
                largest[i % 8] = std::max(largest[i % 8], static_cast<double>(std::abs(values[i])));
            return *std::max_element(largest.begin(), largest.end()) /
                   *std::min_element(largest.begin(), largest.end());
        };
        if (activation == Activation::relu)
            CHECK(spread(graph) < spread(before) / 10);
        else
            CHECK(!done.left.empty());
    }
}

TEST_CASE("a layer that makes nothing but 0, and values that are not finite, are one message with the layer's name") {
    Graph graph = with_random_weights(branches());
    auto& dead = std::get<Convolution>(graph.nodes[3].operation);
    dead.bias.floats().assign(dead.bias.size(), -1e9F);
    const Pictures pictures = made_pictures(graph, 2);
    CHECK(input_error([&] { quantize_graph(graph, calibrate(graph, pictures, 1, ""), {}, {}); }) ==
          "net.json: /backbone/2: pw makes nothing but 0 of the pictures; allowed: a layer whose outputs vary, of "
          "weights "
          "that are trained");
    dead.bias.floats().assign(dead.bias.size(), 3e38F);
    dead.weights.floats().assign(dead.weights.size(), 3e38F);
    CHECK(input_error([&] { calibrate(graph, pictures, 1, ""); }) ==
          "net.json: pw makes values that are not finite of the pictures; allowed: weights that give finite ones");
}

TEST_CASE("sums that 32 bits may not hold are refused with the layer's name") {
    Description description = classifier(64, 64, 3, {convolution("first", 2, 1), fully_connected("fc", 1)});
    description.input.mean.assign(3, 0.0F);
    description.backbone[0].channels = 32;
    const Graph graph = [&] {
        Graph made = with_random_weights(description);
        auto& weights = std::get<FullyConnected>(made.nodes[2].operation).weights.floats();
        weights.assign(weights.size(), 1.0F);
        return made;
    }();
    const Pictures pictures = made_pictures(graph, 1);
    const std::string error = input_error([&] { quantize_graph(graph, calibrate(graph, pictures, 1, ""), {}, {}); });
    CHECK(error.find("net.json: /backbone/1: the sums of fc can reach ") == 0);
    CHECK(error.find("allowed: up to 2147483647, which 32 bits hold, or --float fc") != std::string::npos);
}

TEST_CASE("--float auto keeps the few layers that the loss asks for") {
    const std::vector<std::string> layers{"a", "b", "c", "d", "e", "f"};
    const auto noise = [](const std::set<std::string>& kept) {
        return kept.count("e") ? 1.0 : kept.count("b") ? 2.0 : 3.0;
    };
    const auto loss = [](const std::set<std::string>& kept) {
        return 0.05 - 0.02 * static_cast<double>(kept.count("e")) - 0.02 * static_cast<double>(kept.count("c"));
    };
    CHECK(choose_float_layers(layers, 0.06, noise, loss).empty());
    CHECK(choose_float_layers(layers, 0.035, noise, loss) == std::set<std::string>{"e"});
    CHECK(choose_float_layers(layers, 0.015, noise, loss) == std::set<std::string>{"c", "e"});
}
