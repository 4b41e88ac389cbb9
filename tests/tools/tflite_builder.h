#pragma once

#include "description/per_axis.h"
#include "tflite_generated.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ssdgen::test {

using Code = schema::BuiltinOperator;

/// The element types' numbers in the file.
constexpr std::int8_t float32 = 0, float16 = 1, int32 = 2, uint8 = 3, int8 = 9;

/// One scale and zero point, or one for each index of the dimension.
struct Quantised {
    std::vector<float> scales;
    std::vector<std::int64_t> zero_points;
    int dimension = 0;
};

/// Writes TensorFlow Lite files. Tensors and operators are added in order, each tensor function gives the tensor's
/// index:
///
///     TfliteBuilder file;
///     const int x = file.tensor("x", {1, 4, 4, 3}, float32);
///     const int w = file.floats("w", {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6});
///     const int y = file.tensor("y", {1, 4, 4, 2}, float32);
///     file.convolution({x, w}, y, {1, true});
///     const std::string bytes = file.finish({x}, {y});
class TfliteBuilder {
  public:
    struct Window {
        PerAxis stride = 1;
        bool same = true;
        schema::ActivationFunctionType activation = schema::ActivationFunctionType::NONE;
        PerAxis dilation = 1;
    };
    using Options = std::pair<schema::BuiltinOptions, flatbuffers::Offset<void>>;
    using MakeOptions = std::function<Options(flatbuffers::FlatBufferBuilder&)>;

    int tensor(const std::string& name, const std::vector<int>& shape, std::int8_t type,
               const Quantised& quantised = {});
    int floats(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values);
    /// Stored as binary16; each must be a multiple of 2^-14 with at most 11 significant bits.
    int halves(const std::string& name, const std::vector<int>& shape, const std::vector<float>& values);
    int integers(const std::string& name, const std::vector<int>& shape, const std::vector<int>& values,
                 std::int8_t type = int32, const Quantised& quantised = {});

    void convolution(const std::vector<int>& inputs, int output, const Window& window);
    void depthwise(const std::vector<int>& inputs, int output, const Window& window);
    void average_pool(int input, int output, const PerAxis& filter, const PerAxis& stride, bool same = false);
    void max_pool(int input, int output, const PerAxis& filter, const PerAxis& stride, bool same = false,
                  schema::ActivationFunctionType activation = schema::ActivationFunctionType::NONE);
    void fully_connected(const std::vector<int>& inputs, int output,
                         schema::ActivationFunctionType activation = schema::ActivationFunctionType::NONE);
    void softmax(int input, int output, float beta = 1);
    void concatenation(const std::vector<int>& inputs, int output, int axis);
    void multiply(const std::vector<int>& inputs, int output) { arithmetic(Code::MUL, inputs, output); }
    void add(const std::vector<int>& inputs, int output) { arithmetic(Code::ADD, inputs, output); }
    /// ADD, SUB, MUL, DIV.
    void arithmetic(Code code, const std::vector<int>& inputs, int output,
                    schema::ActivationFunctionType activation = schema::ActivationFunctionType::NONE);
    /// numbers: the options; those named in `whole` are stored as integers.
    void detection(const std::vector<int>& inputs, const std::vector<int>& outputs,
                   const std::map<std::string, double>& numbers);
    /// Any operator without options (PAD, MEAN, RESHAPE, RELU, QUANTIZE ...).
    void plain(Code code, const std::vector<int>& inputs, const std::vector<int>& outputs);

    void custom(const std::string& name, const std::vector<int>& inputs, const std::vector<int>& outputs);

    std::string finish(const std::vector<int>& inputs, const std::vector<int>& outputs) const;

    struct Subgraph {
        std::string name;
        const TfliteBuilder* network;
        std::vector<int> inputs, outputs;
    };
    static std::string finish(const std::vector<Subgraph>& subgraphs);

  private:
    struct Tensor {
        std::string name;
        std::vector<int> shape;
        std::int8_t type;
        Quantised quantised;
        std::vector<std::uint8_t> data;
    };
    struct Operator {
        Code code;
        std::string custom;
        std::vector<int> inputs, outputs;
        MakeOptions options;
        std::vector<std::uint8_t> custom_options;
    };
    int constant(Tensor tensor, const std::vector<std::int64_t>& stored, int bytes);
    void operate(Code code, const std::vector<int>& inputs, const std::vector<int>& outputs, MakeOptions options);

    std::vector<Tensor> tensors_;
    std::vector<Operator> operators_;
};

}  // namespace ssdgen::test
