#include "tools/tflite_builder.h"

#include <flatbuffers/flexbuffers.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ssdgen::test {

namespace {

using flatbuffers::FlatBufferBuilder;
using schema::BuiltinOptions;

schema::Padding padding(bool same) { return same ? schema::Padding::SAME : schema::Padding::VALID; }

std::uint16_t half_bits(float value) {
    if (value == 0) return 0;
    int exponent = 0;
    const float fraction = std::frexp(std::fabs(value), &exponent);  // 0.5 <= fraction < 1
    const auto bits = static_cast<std::uint16_t>(static_cast<unsigned>(exponent - 1 + 15) << 10 |
                                                 (static_cast<unsigned>(fraction * 2048) & 0x3FFU));
    return value < 0 ? static_cast<std::uint16_t>(bits | 0x8000U) : bits;
}

flatbuffers::Offset<schema::QuantizationParameters> write_quantised(FlatBufferBuilder& file,
                                                                    const Quantised& quantised) {
    if (quantised.scales.empty()) return 0;
    const auto scales = file.CreateVector(quantised.scales);
    const auto zero_points = file.CreateVector(quantised.zero_points);
    schema::QuantizationParametersBuilder builder(file);
    builder.add_scale(scales);
    builder.add_zero_point(zero_points);
    builder.add_quantized_dimension(quantised.dimension);
    return builder.Finish();
}

}  // namespace

int TfliteBuilder::tensor(const std::string& name, const std::vector<int>& shape, std::int8_t type,
                          const Quantised& quantised) {
    tensors_.push_back({name, shape, type, quantised, {}});
    return static_cast<int>(tensors_.size()) - 1;
}

int TfliteBuilder::constant(Tensor tensor, const std::vector<std::int64_t>& stored, int bytes) {
    for (const std::int64_t value : stored)
        for (int i = 0; i < bytes; ++i)
            tensor.data.push_back(static_cast<std::uint8_t>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xFFU));
    tensors_.push_back(std::move(tensor));
    return static_cast<int>(tensors_.size()) - 1;
}

int TfliteBuilder::floats(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values) {
    std::vector<std::int64_t> stored;
    for (const float value : values) {
        std::uint32_t bits;
        std::memcpy(&bits, &value, 4);
        stored.push_back(bits);
    }
    return constant({name, shape, float32, {}, {}}, stored, 4);
}

int TfliteBuilder::halves(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values) {
    std::vector<std::int64_t> stored;
    for (const float value : values) stored.push_back(half_bits(value));
    return constant({name, shape, float16, {}, {}}, stored, 2);
}

int TfliteBuilder::integers(const std::string& name, const std::vector<int>& shape, const std::vector<int>& values,
                            std::int8_t type, const Quantised& quantised) {
    return constant({name, shape, type, quantised, {}}, {values.begin(), values.end()}, type == int32 ? 4 : 1);
}

void TfliteBuilder::operate(Code code, const std::vector<int>& inputs, const std::vector<int>& outputs,
                            MakeOptions options) {
    operators_.push_back({code, {}, inputs, outputs, std::move(options), {}});
}

void TfliteBuilder::convolution(const std::vector<int>& inputs, int output, const Window& window) {
    operate(Code::CONV_2D, inputs, {output}, [window](FlatBufferBuilder& file) {
        return Options(
            BuiltinOptions::Conv2DOptions,
            schema::CreateConv2DOptions(file, padding(window.same), window.stride.columns, window.stride.rows,
                                        window.activation, window.dilation.columns, window.dilation.rows)
                .Union());
    });
}

void TfliteBuilder::depthwise(const std::vector<int>& inputs, int output, const Window& window) {
    operate(Code::DEPTHWISE_CONV_2D, inputs, {output}, [window](FlatBufferBuilder& file) {
        return Options(
            BuiltinOptions::DepthwiseConv2DOptions,
            schema::CreateDepthwiseConv2DOptions(file, padding(window.same), window.stride.columns, window.stride.rows,
                                                 1, window.activation, window.dilation.columns, window.dilation.rows)
                .Union());
    });
}

void TfliteBuilder::average_pool(int input, int output, const PerAxis& filter, const PerAxis& stride, bool same) {
    operate(Code::AVERAGE_POOL_2D, {input}, {output}, [=](FlatBufferBuilder& file) {
        return Options(
            BuiltinOptions::Pool2DOptions,
            schema::CreatePool2DOptions(file, padding(same), stride.columns, stride.rows, filter.columns, filter.rows)
                .Union());
    });
}

void TfliteBuilder::max_pool(int input, int output, const PerAxis& filter, const PerAxis& stride, bool same,
                             schema::ActivationFunctionType activation) {
    operate(Code::MAX_POOL_2D, {input}, {output}, [=](FlatBufferBuilder& file) {
        return Options(BuiltinOptions::Pool2DOptions,
                       schema::CreatePool2DOptions(file, padding(same), stride.columns, stride.rows, filter.columns,
                                                   filter.rows, activation)
                           .Union());
    });
}

void TfliteBuilder::fully_connected(const std::vector<int>& inputs, int output,
                                    schema::ActivationFunctionType activation) {
    operate(Code::FULLY_CONNECTED, inputs, {output}, [=](FlatBufferBuilder& file) {
        return Options(BuiltinOptions::FullyConnectedOptions,
                       schema::CreateFullyConnectedOptions(file, activation).Union());
    });
}

void TfliteBuilder::softmax(int input, int output, float beta) {
    operate(Code::SOFTMAX, {input}, {output}, [=](FlatBufferBuilder& file) {
        return Options(BuiltinOptions::SoftmaxOptions, schema::CreateSoftmaxOptions(file, beta).Union());
    });
}

void TfliteBuilder::concatenation(const std::vector<int>& inputs, int output, int axis) {
    operate(Code::CONCATENATION, inputs, {output}, [=](FlatBufferBuilder& file) {
        return Options(BuiltinOptions::ConcatenationOptions, schema::CreateConcatenationOptions(file, axis).Union());
    });
}

void TfliteBuilder::arithmetic(Code code, const std::vector<int>& inputs, int output,
                               schema::ActivationFunctionType activation) {
    const BuiltinOptions kind = code == Code::ADD   ? BuiltinOptions::AddOptions
                                : code == Code::SUB ? BuiltinOptions::SubOptions
                                : code == Code::MUL ? BuiltinOptions::MulOptions
                                                    : BuiltinOptions::DivOptions;
    operate(code, inputs, {output}, [=](FlatBufferBuilder& file) {
        return Options(kind, schema::CreateArithmeticOptions(file, activation).Union());
    });
}

void TfliteBuilder::custom(const std::string& name, const std::vector<int>& inputs, const std::vector<int>& outputs) {
    operators_.push_back({Code::CUSTOM, name, inputs, outputs, nullptr, {}});
}

void TfliteBuilder::plain(Code code, const std::vector<int>& inputs, const std::vector<int>& outputs) {
    operate(code, inputs, outputs, nullptr);
}

void TfliteBuilder::detection(const std::vector<int>& inputs, const std::vector<int>& outputs,
                              const std::map<std::string, double>& numbers) {
    flexbuffers::Builder options;
    options.Map([&] {
        for (const auto& [key, value] : numbers) {
            if (key == "use_regular_nms" || key[0] == '_') {
                options.Bool(key.c_str(), value != 0);
            } else if (value == std::floor(value) && key.find("_scale") == std::string::npos) {
                options.Int(key.c_str(), static_cast<std::int64_t>(value));
            } else {
                options.Float(key.c_str(), static_cast<float>(value));
            }
        }
    });
    options.Finish();
    operators_.push_back({Code::CUSTOM, "TFLite_Detection_PostProcess", inputs, outputs, nullptr, options.GetBuffer()});
}

std::string TfliteBuilder::finish(const std::vector<int>& inputs, const std::vector<int>& outputs) const {
    return finish({{"main", this, inputs, outputs}});
}

std::string TfliteBuilder::finish(const std::vector<Subgraph>& subgraphs) {
    FlatBufferBuilder file;
    std::vector<flatbuffers::Offset<schema::Buffer>> buffers{schema::CreateBuffer(file)};
    std::vector<flatbuffers::Offset<schema::OperatorCode>> codes;
    std::vector<flatbuffers::Offset<schema::SubGraph>> graphs;
    for (const Subgraph& subgraph : subgraphs) {
        std::vector<flatbuffers::Offset<schema::Tensor>> tensors;
        for (const Tensor& tensor : subgraph.network->tensors_) {
            std::uint32_t buffer = 0;
            if (!tensor.data.empty()) {
                file.ForceVectorAlignment(tensor.data.size(), 1, 16);
                buffers.push_back(schema::CreateBuffer(file, file.CreateVector(tensor.data)));
                buffer = static_cast<std::uint32_t>(buffers.size()) - 1;
            }
            const auto shape = file.CreateVector(tensor.shape);
            const auto name = file.CreateString(tensor.name);
            tensors.push_back(
                schema::CreateTensor(file, shape, tensor.type, buffer, name, write_quantised(file, tensor.quantised)));
        }
        std::vector<flatbuffers::Offset<schema::Operator>> operators;
        for (const Operator& each : subgraph.network->operators_) {
            const auto custom = each.custom.empty() ? 0 : file.CreateString(each.custom);
            const int byte = std::min(static_cast<int>(each.code), 127);  // PLACEHOLDER_FOR_GREATER_OP_CODES
            codes.push_back(schema::CreateOperatorCode(file, static_cast<std::int8_t>(byte), custom, 1, each.code));
            const Options options = each.options ? each.options(file) : Options(BuiltinOptions::NONE, 0);
            const auto in = file.CreateVector(each.inputs);
            const auto out = file.CreateVector(each.outputs);
            const auto custom_options = each.custom_options.empty() ? 0 : file.CreateVector(each.custom_options);
            operators.push_back(schema::CreateOperator(file, static_cast<std::uint32_t>(codes.size()) - 1, in, out,
                                                       options.first, options.second, custom_options));
        }
        const auto name = file.CreateString(subgraph.name);
        graphs.push_back(schema::CreateSubGraph(file, file.CreateVector(tensors), file.CreateVector(subgraph.inputs),
                                                file.CreateVector(subgraph.outputs), file.CreateVector(operators),
                                                name));
    }
    const auto all_graphs = file.CreateVector(graphs);
    const auto all_codes = file.CreateVector(codes);
    const auto all_buffers = file.CreateVector(buffers);
    file.Finish(schema::CreateModel(file, 3, all_codes, all_graphs, 0, all_buffers), schema::ModelIdentifier());
    return {reinterpret_cast<const char*>(file.GetBufferPointer()), file.GetSize()};
}

}  // namespace ssdgen::test
