// Claims: what a quantised file stores of weights, biases and maps is what a graph holds, through the weights file;
// read here once more, from the flatbuffers' own classes.

#include "graph/build.h"
#include "graph/shapes.h"
#include "import/import.h"
#include "support/files.h"
#include "tflite_generated.h"
#include "tools/message.h"
#include "tools/skip.h"
#include "tools/synthetic_model.h"
#include "weights/safetensors.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

const std::string models = SSDGEN_SOURCE_DIR "/../shared/models/";

using Bytes = std::vector<std::uint8_t>;

/// A tensor as it stands in a file or in a graph.
struct Stored {
    Bytes bytes;
    std::vector<float> scale;
    std::vector<std::int64_t> zero_point;
};

bool operator==(const Stored& a, const Stored& b) {
    return a.bytes == b.bytes && a.scale == b.scale && a.zero_point == b.zero_point;
}

/// What stands at a layer: its weights, its bias, the map that it makes.
struct Layer {
    Stored weights, bias, map;
};

Stored stored(const schema::Model& model, int tensor) {
    const schema::Tensor& found = *model.subgraphs()->Get(0)->tensors()->Get(static_cast<unsigned>(tensor));
    Stored result;
    if (const auto* data = model.buffers()->Get(found.buffer())->data())
        result.bytes.assign(data->begin(), data->end());
    const schema::QuantizationParameters& quantization = *found.quantization();
    result.scale.assign(quantization.scale()->begin(), quantization.scale()->end());
    result.zero_point.assign(quantization.zero_point()->begin(), quantization.zero_point()->end());
    return result;
}

/// Of a depthwise layer on one channel, which is an ordinary convolution in a graph: [taps][out] to [out][taps]. It has
/// a scale an output.
Bytes outputs_first(const Stored& weights) {
    const std::size_t outputs = weights.scale.size();
    Bytes result;
    for (std::size_t output = 0; output < outputs; ++output)
        for (std::size_t i = output; i < weights.bytes.size(); i += outputs) result.push_back(weights.bytes[i]);
    return result;
}

/// The layers with weights of a file, in run order.
std::vector<Layer> layers_of(const std::string& file) {
    const schema::Model& model = *schema::GetModel(file.data());
    std::vector<Layer> layers;
    for (const schema::Operator* operation : *model.subgraphs()->Get(0)->operators()) {
        const auto& code = *model.operator_codes()->Get(operation->opcode_index());
        const auto kind =
            std::max(static_cast<int>(code.builtin_code()), static_cast<int>(code.deprecated_builtin_code()));
        const bool has_weights = kind == static_cast<int>(schema::BuiltinOperator::CONV_2D) ||
                                 kind == static_cast<int>(schema::BuiltinOperator::DEPTHWISE_CONV_2D) ||
                                 kind == static_cast<int>(schema::BuiltinOperator::FULLY_CONNECTED);
        if (!has_weights) continue;
        layers.push_back({stored(model, operation->inputs()->Get(1)), stored(model, operation->inputs()->Get(2)),
                          stored(model, operation->outputs()->Get(0))});
        const auto& picture =
            *model.subgraphs()->Get(0)->tensors()->Get(static_cast<unsigned>(operation->inputs()->Get(0)));
        if (kind == static_cast<int>(schema::BuiltinOperator::DEPTHWISE_CONV_2D) && picture.shape()->Get(3) == 1)
            layers.back().weights.bytes = outputs_first(layers.back().weights);
    }
    return layers;
}

Stored stored(const std::optional<Quantization>& quantization) {
    REQUIRE(quantization);
    return {{}, quantization->scale, {quantization->zero_point.begin(), quantization->zero_point.end()}};
}

Stored stored(const WeightTensor& tensor) {
    Stored result = stored(tensor.quantization);
    const auto copy = [&](const auto& numbers) {
        result.bytes.resize(numbers.size() * sizeof numbers[0]);
        std::memcpy(result.bytes.data(), numbers.data(), result.bytes.size());
    };
    std::visit(copy, tensor.numbers);
    return result;
}

/// The graph of a model, its weights through the bytes of a weights file.
Graph graph_of(const Imported& imported) {
    Graph graph = build_graph(imported.description);
    bind_weights(graph, imported.description, parse_safetensors(serialize_safetensors(imported.weights), "w"));
    return graph;
}

template <class Operation>
std::optional<Layer> layer_of(const Graph& graph, const Node& node) {
    const auto* layer = std::get_if<Operation>(&node.operation);
    if (layer == nullptr) return std::nullopt;
    const Tensor& map = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
    return Layer{stored(layer->weights), stored(layer->bias), stored(map.quantization)};
}

/// The same of a graph, in its order.
std::vector<Layer> layers_of(const Graph& graph) {
    std::vector<Layer> layers;
    for (const Node& node : graph.nodes)
        for (const auto& layer : {layer_of<Convolution>(graph, node), layer_of<Depthwise>(graph, node),
                                  layer_of<FullyConnected>(graph, node)})
            if (layer) layers.push_back(*layer);
    return layers;
}

const Tensor& map_of(const Graph& graph, const std::string& name) {
    const auto found = std::find_if(graph.tensors.begin(), graph.tensors.end(),
                                    [&](const Tensor& tensor) { return tensor.name == name; });
    REQUIRE(found != graph.tensors.end());
    return *found;
}

}  // namespace

TEST_CASE("every stored byte, scale and zero point of a quantised model's layers stands in its graph") {
    if (lacks(need::models)) return;
    for (const auto& [name, count] : {std::pair<std::string, int>{"mobilenet_v1_0.25_128_quant", 28},
                                      {"mobilenet_v2_1.0_224_quant", 53},
                                      {"person_detect", 28},
                                      {"vww_96_int8", 28},
                                      {"coco_ssd_mobilenet_v1_quant", 47}}) {
        CAPTURE(name);
        const std::string path = models + name + ".tflite";
        const std::vector<Layer> wanted = layers_of(read_file(path));
        const std::vector<Layer> found = layers_of(graph_of(import_tflite(path, {})));
        CHECK(wanted.size() == static_cast<std::size_t>(count));
        CHECK(found.size() == wanted.size());
        // A description has a detector's predictors last, the file beside their sources.
        for (const Layer& layer : wanted) {
            const auto same = [&](const Layer& other) { return other.weights == layer.weights; };
            const auto place = std::find_if(found.begin(), found.end(), same);
            REQUIRE(place != found.end());
            CHECK(place->bias == layer.bias);
            CHECK(place->map.scale == layer.map.scale);
            CHECK(place->map.zero_point == layer.map.zero_point);
        }
    }
}

TEST_CASE("axes, maps without weights, the picture and the priors keep their quantisation") {
    if (lacks(need::models)) return;
    const Graph person = graph_of(import_tflite(models + "person_detect.tflite", {}));
    const auto& first = std::get<Depthwise>(person.nodes[2].operation);
    CHECK(first.weights.element() == Element::s8);
    CHECK(first.weights.quantization->axis == 2);
    CHECK(std::get<Convolution>(person.nodes[1].operation).bias.quantization->axis == 0);
    CHECK(std::get<Convolution>(person.nodes[1].operation).bias.element() == Element::s32);
    CHECK(map_of(person, "input").element == Element::u8);
    CHECK_FALSE(map_of(person, "input").quantization);

    const Imported imported = import_tflite(models + "mobilenet_v1_0.25_128_quant.tflite", {});
    const Graph graph = graph_of(imported);
    CHECK(map_of(graph, "input/normalised").element == Element::u8);
    CHECK(*map_of(graph, "input/normalised").quantization == Quantization{{0.0078125F}, {128}, -1});
    CHECK(*map_of(graph, "conv0").quantization == Quantization{{0.0235284772F}, {0}, -1});
    CHECK(*map_of(graph, "pool").quantization == *map_of(graph, "conv13").quantization);
    CHECK(*map_of(graph, "prob").quantization == Quantization{{1.0F / 256}, {0}, -1});
    CHECK(imported.weights.maps.size() == graph.nodes.size());

    const Imported detector = import_tflite(models + "coco_ssd_mobilenet_v1_quant.tflite", {});
    const WeightTensor& priors = detector.weights.tensors.at("priors");
    CHECK(priors.element() == Element::u8);
    CHECK(priors.quantization->axis == -1);
    const Head head = *graph_of(detector).head;
    CHECK(head.prior_table == priors.values());
    CHECK(head.stored.boxes == StoredMap{Element::u8, {{0.0790278763F}, {191}, -1}});
    CHECK(head.stored.logits == StoredMap{Element::u8, {{0.049736768F}, {223}, -1}});
    CHECK(head.stored.scores == StoredMap{Element::u8, {{1.0F / 256}, {0}, -1}});
}

TEST_CASE("a quantised network's weights mean what (stored - zero point) * scale gives, rounded once") {
    if (lacks(need::models)) return;
    for (const char* name : {"mobilenet_v1_0.25_128_quant", "person_detect"}) {
        const Graph graph = graph_of(import_tflite(models + name + ".tflite", {}));
        const auto& layer = std::get<Depthwise>(graph.nodes[2].operation);
        const Stored raw = stored(layer.weights);
        const std::vector<float> values = layer.weights.values();
        REQUIRE(values.size() == raw.bytes.size());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t slice = raw.scale.size() == 1 ? 0 : i % raw.scale.size();  // channels are last
            const int number = layer.weights.element() == Element::s8 ? static_cast<std::int8_t>(raw.bytes[i])
                                                                      : static_cast<int>(raw.bytes[i]);
            const double meant = static_cast<double>(number - raw.zero_point[slice]) * raw.scale[slice];
            if (values[i] != static_cast<float>(meant)) ++wrong;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("each form of a file gives its own elements; a float one has no quantised maps") {
    const auto elements = [](Form form) {
        SyntheticModel model;
        model.form = form;
        const bool is_float = form == Form::float32 || form == Form::float16;
        const ImportOptions options = is_float ? ImportOptions{{128}, {1.0F / 128}, std::nullopt} : ImportOptions{};
        const Imported imported = import_tflite_bytes(synthetic_classifier(model), "net.tflite", options);
        CHECK(imported.weights.maps.empty() == is_float);
        return std::pair{imported.weights.tensors.at("conv1/dw.weight").element(),
                         imported.weights.tensors.at("conv1/dw.bias").element()};
    };
    CHECK(elements(Form::float32) == std::pair{Element::f32, Element::f32});
    CHECK(elements(Form::float16) == std::pair{Element::f16, Element::f32});
    CHECK(elements(Form::uint8) == std::pair{Element::u8, Element::s32});
    CHECK(elements(Form::int8_per_channel) == std::pair{Element::s8, Element::s32});
}

TEST_CASE("a bias without scales of its own has those of input and weights") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 2, 2, 1}, int8, {{0.5F}, {0}, 0});
    const int w = file.integers("w", {2, 1, 1, 1}, {1, 2}, int8, {{0.5F, 0.25F}, {0, 0}, 0});
    const int y = file.tensor("y", {1, 2, 2, 2}, int8, {{0.5F}, {3}, 0});
    file.convolution({x, w, file.integers("b", {2}, {4, 8})}, y, {});
    const Imported imported = import_tflite_bytes(file.finish({x}, {y}), "net.tflite", {});
    const WeightTensor bias{{2}, std::vector<std::int32_t>{4, 8}, Quantization{{0.25F, 0.125F}, {0, 0}, 0}};
    CHECK(imported.weights.tensors.at("y.bias") == bias);
    CHECK(imported.weights.maps.at("y").quantization == Quantization{{0.5F}, {3}, -1});
}

TEST_CASE("an activation of its own makes the layer's map, and the first layer takes what QUANTIZE makes") {
    TfliteBuilder file;
    const int picture = file.tensor("picture", {1, 2, 2, 1}, float32);
    const int x = file.tensor("x", {1, 2, 2, 1}, int8, {{0.5F}, {-7}, 0});
    file.plain(Code::QUANTIZE, {picture}, {x});
    const int y = file.tensor("y", {1, 2, 2, 1}, int8, {{0.25F}, {3}, 0});
    file.convolution({x, file.integers("w", {1, 1, 1, 1}, {1}, int8, {{0.5F}, {0}, 0})}, y, {});
    const int z = file.tensor("z", {1, 2, 2, 1}, int8, {{0.125F}, {-128}, 0});
    file.plain(Code::RELU, {y}, {z});
    const Weights weights =
        import_tflite_bytes(file.finish({picture}, {z}), "net.tflite", {{0}, {1}, std::nullopt}).weights;
    CHECK(weights.maps.at("input").quantization == Quantization{{0.5F}, {-7}, -1});
    CHECK(weights.maps.at("input").element == Element::s8);
    CHECK(weights.maps.at("y").quantization == Quantization{{0.125F}, {-128}, -1});
}

TEST_CASE("a map with a scale that no number can be divided by, or several, is refused") {
    const auto error = [](std::vector<float> scales) {
        TfliteBuilder file;
        const int x = file.tensor("x", {1, 2, 2, 1}, uint8, {{0.5F}, {0}, 0});
        const std::vector<std::int64_t> zeros(scales.size(), 0);
        const int y = file.tensor("y", {1, 2, 2, 1}, uint8, {std::move(scales), zeros, 0});
        file.convolution({x, file.floats("w", {1, 1, 1, 1}, {1})}, y, {});
        return message_of([&] { import_tflite_bytes(file.finish({x}, {y}), "net.tflite", {}); });
    };
    CHECK(error({0.0F}) == "net.tflite: tensor 'y': of a map has scale 0; allowed: a finite number above 0");
    CHECK(error({1, 2}) == "net.tflite: tensor 'y': of a map has 2 scales; allowed: one");
    CHECK(error({1}).empty());
}

TEST_CASE("weights alone, for a description that names a pool otherwise, leave out that map") {
    if (lacks(need::models)) return;
    const std::string path = models + "mobilenet_v1_0.25_128_quant.tflite";
    Description description = import_tflite(path, {}).description;
    description.classifier[0].name = "mean";
    const Weights weights = import_weights(path, description, {});
    CHECK(weights.maps.count("fc") == 1);
    CHECK(weights.maps.count("pool") == 0);
    Graph graph = build_graph(description);
    CHECK_NOTHROW(bind_weights(graph, description, weights));
}
