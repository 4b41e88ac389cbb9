// Claims: operators that take several feature maps become layers that take several.
#include "import/import.h"
#include "tools/message.h"
#include "tools/tflite_builder.h"

#include <doctest/doctest.h>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

using Fused = schema::ActivationFunctionType;
using Names = std::vector<std::string>;

const ImportOptions as_bytes{{0}, {1}, std::nullopt};

/// x [1,4,4,3] -> convolutions a -> b [1,4,4,2], and what the test adds to them.
struct Branches {
    TfliteBuilder file;
    std::int8_t type;
    int x, a, b;

    explicit Branches(std::int8_t stored = float32)
        : type(stored), x(map("x", {1, 4, 4, 3})), a(convolution("a", x, 3, 2)), b(convolution("b", a, 2, 2)) {}

    Quantised scale() const { return type == float32 ? Quantised{} : Quantised{{0.25F}, {type == uint8 ? 8 : 3}, 0}; }
    int map(const std::string& name, const std::vector<int>& shape) { return file.tensor(name, shape, type, scale()); }
    /// A 1x1 convolution that keeps the 4x4 map.
    int convolution(const std::string& name, int from, int inputs, int outputs, int stride = 1) {
        const int side = 4 / stride;
        const int made = map(name, {1, side, side, outputs});
        const auto count = static_cast<std::size_t>(inputs * outputs);
        file.convolution({from, file.floats(name + "/w", {outputs, 1, 1, inputs}, std::vector<float>(count, 1.0F))},
                         made, {stride});
        return made;
    }
    int sum(const std::string& name, const std::vector<int>& from, Fused activation = Fused::NONE) {
        const int made = map(name, {1, 4, 4, 2});
        file.arithmetic(Code::ADD, from, made, activation);
        return made;
    }
    int joined(const std::string& name, const std::vector<int>& from, const std::vector<int>& shape, int axis) {
        const int made = map(name, shape);
        file.concatenation(from, made, axis);
        return made;
    }
    Imported import(int output) const {
        return import_tflite_bytes(file.finish({x}, {output}), "net.tflite",
                                   type == float32 ? as_bytes : ImportOptions{});
    }
    std::string error(int output) const {
        return message_of([&] { import(output); });
    }
};

const LayerDescription& last_of(const Imported& imported) { return imported.description.backbone.back(); }

/// The refusal of an operator.
std::string refused(int number, const char* operation, const char* words) {
    return "net.tflite: operator " + std::to_string(number) + " (" + operation + ") 'z': " + words;
}

}  // namespace

TEST_CASE("ADD of two maps is an add layer that names both, with the activation that is fused or comes after it") {
    for (const auto& [fused, wanted] : {std::pair{Fused::NONE, Activation::none},
                                        {Fused::RELU, Activation::relu},
                                        {Fused::RELU6, Activation::relu6}}) {
        Branches net;
        const Imported imported = net.import(net.sum("z", {net.a, net.b}, fused));
        CHECK(imported.description.backbone.size() == 3);
        const LayerDescription& layer = last_of(imported);
        CHECK(layer.kind == LayerKind::add);
        CHECK(layer.name == "z");
        CHECK(layer.inputs == Names{"a", "b"});
        CHECK(layer.activation == wanted);
        CHECK(imported.description.backbone[1].inputs.empty());
        CHECK(imported.weights.tensors.count("z.weight") == 0);
    }
    Branches alone;
    const int z = alone.sum("z", {alone.b, alone.a});
    const int r = alone.map("r", {1, 4, 4, 2});
    alone.file.plain(Code::RELU6, {z}, {r});
    CHECK(last_of(alone.import(r)).inputs == Names{"b", "a"});
    CHECK(last_of(alone.import(r)).activation == Activation::relu6);
    Branches tanh;
    CHECK(tanh.error(tanh.sum("z", {tanh.a, tanh.b}, Fused::TANH)) ==
          refused(2, "ADD", "has fused activation 4; allowed: NONE, RELU, RELU6"));
}

TEST_CASE("what takes a sum names it, and a layer of a branch names its own") {
    Branches net;
    const int c = net.convolution("c", net.a, 2, 2);
    const int z = net.sum("z", {net.b, c});
    const int d = net.convolution("d", z, 2, 2);
    const std::vector<LayerDescription> layers = net.import(net.sum("last", {d, z})).description.backbone;
    REQUIRE(layers.size() == 6);
    CHECK(layers[1].inputs.empty());
    CHECK(layers[2].inputs == Names{"a"});
    CHECK(layers[3].inputs == Names{"b", "c"});
    CHECK(layers[4].inputs.empty());
    CHECK(layers[5].inputs == Names{"d", "z"});
}

TEST_CASE("ADD_N is one add layer of all its maps, as many as a description takes") {
    Branches net;
    const int c = net.convolution("c", net.b, 2, 2);
    const int z = net.map("z", {1, 4, 4, 2});
    net.file.plain(Code::ADD_N, {c, net.a, net.b}, {z});
    CHECK(last_of(net.import(z)).inputs == Names{"c", "a", "b"});
    Branches many;
    const int all = many.map("z", {1, 4, 4, 2});
    many.file.plain(Code::ADD_N, std::vector<int>(65, many.b), {all});
    CHECK(many.error(all) == refused(2, "ADD_N", "has 65 inputs and 1 outputs; allowed: 2 to 64 and 1"));
}

TEST_CASE("a sum of vectors is one as well; of a map and a vector, or of maps of other shapes, it is refused") {
    Branches net;
    const int flat = net.map("flat", {1, 32}), other = net.map("other", {1, 32}), z = net.map("z", {1, 32});
    net.file.plain(Code::RESHAPE, {net.a}, {flat});
    net.file.plain(Code::RESHAPE, {net.b}, {other});
    net.file.arithmetic(Code::ADD, {flat, other}, z);
    CHECK(last_of(net.import(z)).inputs == Names{"a", "b"});

    Branches mixed;
    const int row = mixed.map("row", {1, 32});
    mixed.file.plain(Code::RESHAPE, {mixed.a}, {row});
    CHECK(mixed.error(mixed.sum("z", {mixed.b, row})) ==
          refused(3, "ADD", "adds maps of shape [1,4,4,2] and [1,32]; allowed: maps of one shape"));
    Branches smaller;
    const int half = smaller.convolution("half", smaller.a, 2, 2, 2);
    CHECK(smaller.error(smaller.sum("z", {smaller.b, half})) ==
          refused(3, "ADD", "adds maps of shape [1,4,4,2] and [1,2,2,2]; allowed: maps of one shape"));
    Branches turned;
    const int wide = turned.convolution("wide", turned.a, 2, 8, 2);
    const int row_of_wide = turned.map("r", {1, 32}), row_of_b = turned.map("s", {1, 32});
    turned.file.plain(Code::RESHAPE, {wide}, {row_of_wide});
    turned.file.plain(Code::RESHAPE, {turned.b}, {row_of_b});
    const int both = turned.map("z", {1, 32});
    turned.file.arithmetic(Code::ADD, {row_of_wide, row_of_b}, both);
    CHECK(turned.error(both) == refused(5, "ADD",
                                        "adds maps that were 2x2x8 and 4x4x2 before they were reshaped; allowed: maps "
                                        "of one shape"));
}

TEST_CASE("a sum with the picture, with what is padded or with scores is refused") {
    TfliteBuilder file;
    const int x = file.tensor("x", {1, 4, 4, 3}, float32);
    const int y = file.tensor("y", {1, 4, 4, 3}, float32), z = file.tensor("z", {1, 4, 4, 3}, float32);
    file.convolution({x, file.floats("w", {3, 1, 1, 3}, std::vector<float>(9, 1.0F))}, y, {});
    file.add({y, x}, z);
    CHECK(message_of([&] { import_tflite_bytes(file.finish({x}, {z}), "net.tflite", as_bytes); }) ==
          refused(1, "ADD", "adds the picture, 'x'; allowed: the outputs of layers"));
    Branches scores;
    const int p = scores.map("p", {1, 4, 4, 2});
    scores.file.plain(Code::LOGISTIC, {scores.b}, {p});
    CHECK(scores.error(scores.sum("z", {scores.a, p})) ==
          refused(3, "ADD", "takes tensor 'p', which is scores; allowed: the output of a layer"));
    Branches padded;
    const int more = padded.map("more", {1, 5, 4, 2}), z2 = padded.map("z", {1, 5, 4, 2});
    padded.file.plain(Code::PAD, {padded.b, padded.file.integers("pads", {4, 2}, {0, 0, 1, 0, 0, 0, 0, 0})}, {more});
    padded.file.arithmetic(Code::ADD, {padded.a, more}, z2);
    CHECK(padded.error(z2) == refused(3, "ADD", "takes a padded map; allowed: a convolution after PAD"));
}

TEST_CASE("an activation on one branch of a map that a sum takes as well is refused") {
    Branches net;
    const int r = net.map("z", {1, 4, 4, 2});
    net.file.plain(Code::RELU, {net.b}, {r});
    CHECK(net.error(net.sum("s", {r, net.b})) ==
          refused(2, "RELU",
                  "is applied to what other operators see as well; allowed: the output of one layer that nothing else "
                  "takes"));
    Branches twice;
    const int s = twice.sum("s", {twice.a, twice.b}, Fused::RELU), z = twice.map("z", {1, 4, 4, 2});
    twice.file.plain(Code::RELU6, {s}, {z});
    CHECK(twice.error(z) ==
          refused(3, "RELU6", "follows a pool or another activation; allowed: a convolution or a sum without one"));
}

TEST_CASE("a sum keeps how its map is stored, and of bytes that hold nothing below 0 it has the activation") {
    for (const bool from_zero : {false, true}) {
        Branches net(uint8);
        const Quantised stored = from_zero ? Quantised{{6.0F / 255}, {0}, 0} : Quantised{{0.5F}, {7}, 0};
        const int z = net.file.tensor("z", {1, 4, 4, 2}, uint8, stored);
        net.file.arithmetic(Code::ADD, {net.a, net.b}, z);
        const Imported imported = net.import(net.convolution("end", z, 2, 2));
        const StoredMap& map = imported.weights.maps.at("z");
        CHECK(map.element == Element::u8);
        CHECK(map.quantization == Quantization{stored.scales, {static_cast<std::int32_t>(stored.zero_points[0])}, -1});
        CHECK(imported.weights.maps.at("a").quantization == Quantization{{0.25F}, {8}, -1});
        CHECK(imported.description.backbone[2].activation == (from_zero ? Activation::relu6 : Activation::none));
    }
}

TEST_CASE("CONCATENATION of maps along their channels is a concat layer that names them") {
    for (const int axis : {3, -1}) {
        Branches net;
        const int c = net.convolution("c", net.a, 2, 5);
        const int z = net.joined("z", {c, net.b, net.a}, {1, 4, 4, 9}, axis);
        const Imported imported = net.import(net.convolution("end", z, 9, 1));
        REQUIRE(imported.description.backbone.size() == 5);
        const LayerDescription& layer = imported.description.backbone[3];
        CHECK(layer.kind == LayerKind::concat);
        CHECK(layer.inputs == Names{"c", "b", "a"});
        CHECK(last_of(imported).inputs.empty());
    }
    Branches at_end;
    const int z = at_end.joined("z", {at_end.a, at_end.b}, {1, 4, 4, 4}, 3);
    CHECK(last_of(at_end.import(z)).inputs == Names{"a", "b"});
}

TEST_CASE("maps of one pixel are joined for a layer; for a head or an output they are lists as before") {
    const auto pooled = [](Branches& net, const std::string& name, int from, const std::vector<int>& shape) {
        const int made = net.map(name, shape);
        net.file.plain(Code::MEAN, {from, net.file.integers(name + "/axes", {2}, {1, 2})}, {made});
        return made;
    };
    for (const std::vector<int>& shape : {std::vector<int>{1, 2}, {1, 1, 1, 2}}) {
        Branches net;
        const int p = pooled(net, "p", net.a, shape), q = pooled(net, "q", net.b, shape);
        std::vector<int> four = shape, row{1, 4};
        four.back() = 4;
        const int z = net.joined("z", {p, q}, four, static_cast<int>(shape.size()) - 1), flat = net.map("flat", row);
        CHECK(net.error(z) == "net.tflite: its output 'z' joins 2 layers; allowed: the output of one");
        net.file.plain(Code::RESHAPE, {z}, {flat});
        const int fc = net.map("fc", {1, 3});
        net.file.fully_connected({flat, net.file.floats("w", {3, 4}, std::vector<float>(12, 1.0F))}, fc);
        const Description description = net.import(fc).description;
        std::string names;
        for (const auto* section : {&description.backbone, &description.classifier})
            for (const LayerDescription& layer : *section) names += layer.name + " ";
        CHECK(names == "a b p q z fc ");
        CHECK(description.classifier[2].inputs == Names{"p", "q"});
    }
}

TEST_CASE("a joined map keeps how it is stored") {
    Branches net(int8);
    const int z = net.file.tensor("z", {1, 4, 4, 4}, int8, {{0.125F}, {-5}, 0});
    net.file.concatenation({net.a, net.b}, z, 3);
    const Imported imported = net.import(net.convolution("end", z, 4, 2));
    CHECK(imported.weights.maps.at("z").element == Element::s8);
    CHECK(imported.weights.maps.at("z").quantization == Quantization{{0.125F}, {-5}, -1});
    CHECK(imported.weights.maps.at("b").quantization == Quantization{{0.25F}, {3}, -1});
}

TEST_CASE(
    "a join of the picture, of maps of other sizes, of too many, with an activation or of reshaped maps is refused") {
    const auto refuse = [](auto&& join, int number, const char* words) {
        Branches net;
        CHECK(net.error(join(net)) == refused(number, "CONCATENATION", words));
    };
    refuse(
        [](Branches& net) {
            return net.joined("z", {net.a, net.x}, {1, 4, 4, 5}, 3);
        },
        2, "joins the picture, 'x'; allowed: the outputs of layers");
    refuse(
        [](Branches& net) {
            const int half = net.convolution("half", net.a, 2, 2, 2);
            return net.joined("z", {net.b, half}, {1, 4, 4, 4}, 3);
        },
        3, "joins maps of shape [1,4,4,2] and [1,2,2,2]; allowed: maps of one height and width");
    refuse(
        [](Branches& net) {
            return net.joined("z", std::vector<int>(65, net.b), {1, 4, 4, 130}, 3);
        },
        2, "has 65 inputs and 1 outputs; allowed: 2 to 64 and 1");
    refuse(
        [](Branches& net) {
            const int turned = net.map("turned", {1, 2, 8, 2});
            net.file.plain(Code::RESHAPE, {net.b}, {turned});
            return net.joined("z", {turned, turned}, {1, 2, 8, 4}, 3);
        },
        3,
        "takes tensor 'turned' of shape [1,2,8,2], reshaped or joined; allowed: the map of one layer, here [1,4,4,2]");
    refuse(
        [](Branches& net) {
            return net.joined("z", {net.a, net.b}, {1, 4, 8, 2}, 2);
        },
        2, "joins along axis 2 of [1,4,4,2]; allowed: the first axis that is not 1");
    Branches after;
    const int z = after.joined("joined", {after.a, after.b}, {1, 4, 4, 4}, 3), r = after.map("z", {1, 4, 4, 4});
    after.file.plain(Code::RELU, {z}, {r});
    CHECK(after.error(r) ==
          refused(3, "RELU", "follows a pool or another activation; allowed: a convolution or a sum without one"));
}
