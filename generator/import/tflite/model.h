#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ssdgen::tflite {

/// The element types that are read, with the format's own numbers; any other number may stand in a file.
enum class ElementType : std::int8_t { float32 = 0, float16 = 1, int32 = 2, uint8 = 3, int64 = 4, int16 = 7, int8 = 9 };

/// value = scale * (stored - zero_point), one pair for the tensor or one for each index of the dimension.
/// The views are little-endian arrays inside the file.
struct Quantization {
    std::string_view scale;       // float32
    std::string_view zero_point;  // int64
    int dimension = 0;
    bool given() const { return !scale.empty(); }
};

struct Tensor {
    std::string_view name;
    ElementType type = ElementType::float32;
    std::vector<int> shape;  // as the file states it, unchecked; at most 8 numbers
    Quantization quantization;
    bool constant = false;
    bool sparse = false;
    std::string_view data;  // constant: as many bytes as shape and type need, little-endian
};

/// What the format calls the built-in options, those of all operators that are read side by side; unset ones are the
/// format's defaults.
struct Options {
    bool given = false;  // options of the kind that the operator takes are there
    bool same_padding = true;
    int stride_height = 0, stride_width = 0;
    int dilation_height = 1, dilation_width = 1;
    int filter_height = 0, filter_width = 0;  // pools
    int activation = 0;                       // schema::ActivationFunctionType
    int weights_format = 0;                   // FULLY_CONNECTED
    int axis = 0;                             // CONCATENATION
    float beta = 0;                           // SOFTMAX
    std::string_view custom;                  // CUSTOM: a flexbuffer
};

struct Operator {
    int code = 0;  // schema::BuiltinOperator
    std::string_view custom_code;
    std::vector<int> inputs;   // valid indices of tensors, or -1 for an optional one left out
    std::vector<int> outputs;  // valid indices of tensors
    Options options;
};

/// A file as one of its subgraphs: every index, size and offset in it was checked.
struct Model {
    std::string file;                                        // for messages
    std::shared_ptr<const std::vector<std::uint8_t>> bytes;  // what the views point into
    std::vector<Tensor> tensors;
    std::vector<Operator> operators;  // in run order
    std::vector<int> inputs, outputs;
};

/// Reads a TensorFlow Lite file. Subgraphs that are equal but for their names count as one; of several others
/// `subgraph` says which. InputError "FILE: what was found; allowed: what" for anything malformed; memory stays in
/// proportion to the file.
Model parse_model(std::string_view bytes, const std::string& file, std::optional<int> subgraph = std::nullopt);

/// Whether two subgraphs compute the same: they may differ in names alone.
bool same_network(const Model& a, const Model& b);

/// "CONV_2D"; a custom operator's own name; "operator code 999" for a number that has no name here.
std::string operator_name(const Operator& operation);

/// "float32"; "element type 99" for a number that has no name here.
std::string type_name(ElementType type);

/// The product of the numbers; -1 if one is below 1 or the product exceeds 2^31 - 1.
std::int64_t element_count(const std::vector<int>& shape);

}  // namespace ssdgen::tflite
