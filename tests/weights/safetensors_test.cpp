#include "weights/safetensors.h"

#include "import/import.h"
#include "support/files.h"
#include "tools/message.h"
#include "tools/temporary_folder.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <tuple>

using namespace ssdgen;
using namespace ssdgen::test;

namespace {

/// A file with this header, and data of so many zero bytes.
std::string file_of(const std::string& header, std::size_t data) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>((header.size() >> (8 * i)) & 0xFFU));
    return bytes + header + std::string(data, '\0');
}

std::string error_of(const std::string& bytes) {
    return message_of([&] { parse_safetensors(bytes, "w.safetensors"); });
}

std::string error_of(const std::string& header, std::size_t data) { return error_of(file_of(header, data)); }

Weights sample() {
    Weights weights;
    weights.tensors["conv0.weight"] = {{2, 1, 1, 1}, {1.5F, -2.0F}};
    weights.tensors["conv0.bias"] = {{2}, {0.25F, 1e-30F}};
    return weights;
}

}  // namespace

TEST_CASE("what is written reads back, and equal weights give equal bytes") {
    const std::string bytes = serialize_safetensors(sample());
    const Weights again = parse_safetensors(bytes, "w.safetensors");
    CHECK(again.file == "w.safetensors");
    REQUIRE(again.tensors.size() == 2);
    CHECK(again.tensors.at("conv0.weight").shape == std::vector<int>{2, 1, 1, 1});
    CHECK(again.tensors.at("conv0.weight").values() == sample().tensors.at("conv0.weight").values());
    CHECK(again.tensors.at("conv0.bias").values() == sample().tensors.at("conv0.bias").values());
    CHECK(serialize_safetensors(again) == bytes);
}

TEST_CASE("the written header is the format's, its data aligned to 8 bytes") {
    const std::string bytes = serialize_safetensors(sample());
    const std::string header =
        R"({"__metadata__":{"ssdgen_format":"1"},"conv0.bias":{"data_offsets":[0,8],"dtype":"F32","shape":[2]},)"
        R"("conv0.weight":{"data_offsets":[8,16],"dtype":"F32","shape":[2,1,1,1]}})";
    const std::size_t length = (header.size() + 7) / 8 * 8;
    CHECK(static_cast<unsigned char>(bytes[0]) == length);
    CHECK(bytes.substr(8, header.size()) == header);
    CHECK(bytes.substr(8 + header.size(), length - header.size()) == std::string(length - header.size(), ' '));
    CHECK(bytes.size() == 8 + length + 16);
}

TEST_CASE("F16, BF16 and F64 become float, metadata is accepted") {
    std::string bytes = file_of(
        R"({"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[1],"data_offsets":[4,6]},)"
        R"("d":{"dtype":"F64","shape":[],"data_offsets":[6,14]},"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})",
        0);
    bytes += std::string("\x00\x3C\x01\x80", 4);                  // 1, -2^-24
    bytes += std::string("\xC0\xBF", 2);                          // -1.5
    bytes += std::string("\x00\x00\x00\x00\x00\x00\xD0\x3F", 8);  // 0.25
    const Weights weights = parse_safetensors(bytes, "w.safetensors");
    CHECK(weights.tensors.size() == 3);
    CHECK(weights.tensors.at("h").values() == std::vector<float>{1.0F, -0x1p-24F});
    CHECK(weights.tensors.at("b").values() == std::vector<float>{-1.5F});
    CHECK(weights.tensors.at("d").values() == std::vector<float>{0.25F});
    CHECK(weights.tensors.at("d").shape.empty());
}

TEST_CASE("a file says the number of its format: none means 1, another is refused") {
    const auto with = [](const std::string& metadata) { return file_of("{\"__metadata__\":{" + metadata + "}}", 0); };
    for (const char* metadata : {"", R"("format":"2")", R"("ssdgen_format":"1")"})
        CHECK(parse_safetensors(with(metadata), "w.safetensors").tensors.empty());
    CHECK(error_of(with(R"("ssdgen_format":"2")")) ==
          "w.safetensors: has ssdgen_format \"2\" in its __metadata__; allowed: \"1\", which this ssdgen reads, or a "
          "newer ssdgen");
    CHECK(error_of(with(R"("ssdgen_format":"")")) ==
          "w.safetensors: has ssdgen_format \"\" in its __metadata__; allowed: \"1\", which this ssdgen reads, or a "
          "newer ssdgen");
}

TEST_CASE("a file may state its requantization, which a round trip keeps; another word is refused") {
    const auto with = [](const std::string& word) {
        return file_of(R"({"__metadata__":{"requantization":")" + word + "\"}}", 0);
    };
    CHECK(!parse_safetensors(serialize_safetensors(sample()), "w.safetensors").requantization);
    for (const Requantization rule :
         {Requantization::two_roundings, Requantization::ruy, Requantization::float_product}) {
        CHECK(parse_safetensors(with(word(rule)), "w.safetensors").requantization == rule);
        Weights weights = sample();
        weights.requantization = rule;
        CHECK(parse_safetensors(serialize_safetensors(weights), "w.safetensors").requantization == rule);
    }
    CHECK(error_of(with("half")) ==
          "w.safetensors: has requantization \"half\" in its __metadata__; allowed: double, ruy, float");
}

TEST_CASE("a truncated file is said to be so") {
    const std::string bytes = serialize_safetensors(sample());
    CHECK(error_of("abc") == "w.safetensors: has 3 bytes; allowed: a safetensors file, which has at least 8");
    CHECK(error_of(bytes.substr(0, 20)) ==
          "w.safetensors: is truncated: it states a header of 176 bytes and holds 12 after the length; allowed: a "
          "whole file");
    CHECK(error_of(bytes.substr(0, bytes.size() - 1)) ==
          "w.safetensors: tensor 'conv0.weight': has data_offsets [8, 16]; allowed: within the 15 bytes of data");
    CHECK(error_of("a text file with a wrong name") ==
          "w.safetensors: states a header of 7359009851570397281 bytes; allowed: a safetensors file, whose header has "
          "at most "
          "100000000");
}

TEST_CASE("a wrong header is refused") {
    CHECK(error_of("{]", 0) == "w.safetensors: has a header that is no JSON (at byte 2); allowed: a safetensors file");
    CHECK(error_of("[]", 0) == "w.safetensors: has a header that is no JSON object; allowed: a safetensors file");
    CHECK(error_of(R"({"a":{"b":{"c":[[1]]}}})", 0) ==
          "w.safetensors: has a header nested too deeply; allowed: a safetensors header");
    CHECK(error_of(R"({"__metadata__":{"a":1}})", 0) ==
          "w.safetensors: has a __metadata__ that is no object of strings; allowed: strings by name");
    CHECK(error_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":1})", 4) ==
          "w.safetensors: tensor 'a': is a key that stands twice in the header; allowed: once");
    CHECK(error_of(R"({"a":1})", 0) ==
          "w.safetensors: tensor 'a': is not described as the format says; allowed: dtype, shape and data_offsets");
}

TEST_CASE("a wrong tensor is refused") {
    CHECK(error_of(R"({"a":{"dtype":"I16","shape":[1],"data_offsets":[0,2]}})", 2) ==
          "w.safetensors: tensor 'a': has dtype 'I16'; allowed: F32, F16, BF16, F64, U8, I8, I32");
    CHECK(error_of(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4) ==
          "w.safetensors: tensor 'a': has a shape with a wrong number; allowed: whole numbers from 0 to 2147483647");
    CHECK(error_of(R"({"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,0]}})", 0) ==
          "w.safetensors: tensor 'a': has more than 2147483647 values; allowed: as many at most");
    CHECK(error_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4) ==
          "w.safetensors: tensor 'a': of shape [2] and dtype F32 has 4 bytes; allowed: 8");
    CHECK(error_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4) ==
          "w.safetensors: tensor 'a': has wrong data_offsets; allowed: two whole numbers");
}

TEST_CASE("data with a hole, an overlap or a rest is refused") {
    const std::string a = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
    CHECK(error_of(a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})", 12) ==
          "w.safetensors: tensor 'b': begins at byte 8 of the data; allowed: 4, where the tensor before ends");
    CHECK(error_of(a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4) ==
          "w.safetensors: tensor 'b': begins at byte 0 of the data; allowed: 4, where the tensor before ends");
    CHECK(error_of(a + "}", 8) == "w.safetensors: has 8 bytes of data and describes 4; allowed: all of them described");
}

TEST_CASE("read_weights takes a .safetensors file") {
    const test::TemporaryFolder folder;
    const std::string path = folder.path("W.SafeTensors");
    write_if_changed(path, serialize_safetensors(sample()));
    CHECK(read_weights(path, {}).tensors.at("conv0.bias").values() == sample().tensors.at("conv0.bias").values());
}

namespace {

/// A tensor of each element, and quantized maps.
Weights every_element() {
    Weights weights;
    auto& tensors = weights.tensors;
    tensors["a.weight"] = {{2}, {0.1F, -0.0F}};
    tensors["b.weight"] = {{3}, std::vector<Half>{{0x3C00}, {0x7C00}, {0x0001}}};
    tensors["c.weight"] = {{2}, std::vector<BFloat16>{{0x3F80}, {0xFFC1}}};
    tensors["d.weight"] = {{2, 2}, std::vector<std::uint8_t>{0, 255, 127, 128}, Quantization{{0.5F}, {128}, -1}};
    tensors["e.weight"] = {
        {2, 3}, std::vector<std::int8_t>{-128, 127, 0, 1, 2, 3}, Quantization{{1, 2, 4}, {-128, 0, 5}, 1}};
    tensors["e.bias"] = {{2}, std::vector<std::int32_t>{-2147483647 - 1, 65537}, Quantization{{1e-9F, -3}, {0, 7}, 0}};
    weights.maps["input"] = {Element::u8, {{0.0078125F}, {128}, -1}};
    weights.maps["e"] = {Element::s8, {{0.25F}, {-128}, -1}};
    weights.head.boxes = {Element::u8, {{0.07F}, {191}, -1}};
    weights.head.scores = {Element::u8, {{0.00390625F}, {0}, -1}};
    return weights;
}

/// The message for a tensor `a` [2,3] of a type, with further tensors, each "NAME DTYPE [SHAPE] BYTES".
std::string quantization_error(const std::vector<std::tuple<std::string, std::string, std::string, int>>& tensors) {
    std::string header = "{";
    int offset = 0;
    for (const auto& [name, type, shape, bytes] : tensors) {
        header += fmt::format(R"({}"{}":{{"dtype":"{}","shape":{},"data_offsets":[{},{}]}})", offset == 0 ? "" : ",",
                              name, type, shape, offset, offset + bytes);
        offset += bytes;
    }
    return error_of(header + "}", static_cast<std::size_t>(offset));
}

}  // namespace

TEST_CASE("every element, scale and zero point comes back as it was stored") {
    const Weights weights = every_element();
    const std::string bytes = serialize_safetensors(weights);
    const Weights again = parse_safetensors(bytes, "w.safetensors");
    REQUIRE(again.tensors.size() == weights.tensors.size());
    for (const auto& [name, tensor] : weights.tensors) {
        CAPTURE(name);
        CHECK(again.tensors.at(name) == tensor);
        CHECK(again.tensors.at(name).element() == tensor.element());
    }
    REQUIRE(again.maps.size() == 2);
    CHECK(again.maps.at("input").element == Element::u8);
    CHECK(again.maps.at("input").quantization == weights.maps.at("input").quantization);
    CHECK(again.maps.at("e").element == Element::s8);
    CHECK(again.maps.at("e").quantization == weights.maps.at("e").quantization);
    CHECK(again.head == weights.head);
    CHECK(serialize_safetensors(again) == bytes);
}

TEST_CASE("quantization stands beside its tensor, shaped so that NumPy computes with it") {
    const std::string bytes = serialize_safetensors(every_element());
    for (const char* entry : {R"("d.weight_scale":{"data_offsets":[)", R"("dtype":"F32","shape":[1])",
                              R"("dtype":"F32","shape":[1,3])", R"("dtype":"I8","shape":[1,3])",
                              R"("dtype":"I32","shape":[2])", R"("e.output_zero_point":)", R"("input_scale":)"})
        CHECK(bytes.find(entry) != std::string::npos);
    const auto values = parse_safetensors(bytes, "w").tensors;
    CHECK(values.at("d.weight").values() == std::vector<float>{-64, 63.5F, -0.5F, 0});
    CHECK(values.at("e.weight").values() == std::vector<float>{0, 254, -20, 129, 4, -8});
    CHECK(values.at("e.bias").values()[1] == -196590);
}

TEST_CASE("quantization that is missing, surplus or contradicts its tensor is one message") {
    const std::tuple<std::string, std::string, std::string, int> a{"a", "I8", "[2,3]", 6},
        scale{"a_scale", "F32", "[1]", 4}, zero{"a_zero_point", "I8", "[1]", 1};
    CHECK(quantization_error({a, scale, zero}).empty());
    CHECK(quantization_error({a}) ==
          "w.safetensors: tensor 'a': has no scale; allowed: 'a_scale' (F32) and 'a_zero_point' (I8) together");
    CHECK(quantization_error({a, scale}) ==
          "w.safetensors: tensor 'a': has no zero point; allowed: 'a_scale' (F32) and 'a_zero_point' (I8) together");
    CHECK(quantization_error({zero}) ==
          "w.safetensors: tensor 'a_zero_point': states the zero point of 'a', which the file does not have; allowed: "
          "beside it");
    CHECK(quantization_error({{"a", "F16", "[2,3]", 12}, scale}) ==
          "w.safetensors: tensor 'a': has dtype F16 beside a scale or a zero point; allowed with them: U8, I8, I32");
    CHECK(quantization_error({a, {"a_scale", "F32", "[3]", 12}, zero}) ==
          "w.safetensors: tensor 'a_scale': has shape [3]; allowed: [1], or [2,3] with 1 for all axes but one");
    CHECK(quantization_error({a, {"a_scale", "F32", "[2,3]", 24}, zero}) ==
          "w.safetensors: tensor 'a_scale': has shape [2,3]; allowed: [1], or [2,3] with 1 for all axes but one");
    CHECK(quantization_error({a, {"a_scale", "F32", "[1,3]", 12}, zero}) ==
          "w.safetensors: tensor 'a_zero_point': has shape [1]; allowed: [1,3], that of the scale");
    CHECK(quantization_error({a, {"a_scale", "F16", "[1]", 2}, zero}) ==
          "w.safetensors: tensor 'a_scale': has dtype F16; allowed: F32");
    CHECK(quantization_error({a, scale, {"a_zero_point", "U8", "[1]", 1}}) ==
          "w.safetensors: tensor 'a_zero_point': has dtype U8; allowed: I8");
    Weights endless = every_element();
    endless.tensors.at("d.weight").quantization->scale[0] = INFINITY;
    CHECK(error_of(serialize_safetensors(endless)) ==
          "w.safetensors: tensor 'd.weight_scale': has inf at position 0; allowed: finite values");
}

TEST_CASE("the quantization of a map has one scale above 0 and a zero point of bytes") {
    const std::tuple<std::string, std::string, std::string, int> zero{"a.output_zero_point", "U8", "[1]", 1};
    CHECK(quantization_error({zero}) ==
          "w.safetensors: tensor 'a.output': has no scale; allowed: 'a.output_scale' (F32) and 'a.output_zero_point' "
          "(U8, I8) "
          "together");
    CHECK(quantization_error({{"input_scale", "F32", "[1]", 4}}) ==
          "w.safetensors: tensor 'input': has no zero point; allowed: 'input_scale' (F32) and 'input_zero_point' (U8, "
          "I8) "
          "together");
    CHECK(quantization_error({{"a.output_scale", "F32", "[1]", 4}, zero}) ==
          "w.safetensors: tensor 'a.output_scale': has 0; allowed: a number above 0");
    CHECK(quantization_error({{"a.output_scale", "F32", "[2]", 8}, {"a.output_zero_point", "U8", "[2]", 2}}) ==
          "w.safetensors: tensor 'a.output_scale': has shape [2]; allowed: [1], one scale for the whole map");
    CHECK(quantization_error({{"a.output_scale", "F32", "[1]", 4}, {"a.output_zero_point", "I32", "[1]", 4}}) ==
          "w.safetensors: tensor 'a.output_zero_point': has dtype I32; allowed: U8, I8");
}
