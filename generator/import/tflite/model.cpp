#include "import/tflite/model.h"

#include "import/shown.h"
#include "support/error.h"
#include "tflite_generated.h"

#include <algorithm>
#include <limits>

namespace ssdgen::tflite {

namespace {

constexpr unsigned max_rank = 8;
constexpr std::size_t min_file_bytes = 20;
constexpr unsigned max_subgraphs = 64;  // which are compared one with another

/// The elements of a flatbuffer vector that may be absent.
template <class Vector>
unsigned size_of(const Vector* vector) {
    return vector == nullptr ? 0 : vector->size();
}

template <class Vector>
std::string_view bytes_of(const Vector* vector) {
    if (vector == nullptr) return {};
    return {reinterpret_cast<const char*>(vector->Data()), vector->size() * sizeof(*vector->begin())};
}

std::string_view bytes_of(const flatbuffers::String* text) {
    return text == nullptr ? std::string_view() : std::string_view(text->c_str(), text->size());
}

int element_bytes(ElementType type) {
    switch (type) {
        case ElementType::float32:
        case ElementType::int32: return 4;
        case ElementType::float16:
        case ElementType::int16: return 2;
        case ElementType::uint8:
        case ElementType::int8: return 1;
        case ElementType::int64: return 8;
    }
    return 0;  // a type that is not read
}

/// Fills a Model from a verified flatbuffer.
class Reader {
  public:
    Reader(const schema::Model& root, const schema::SubGraph& graph, Model& model)
        : root_(root), model_(model), graph_(graph) {}

    void read() {
        const auto* tensors = graph_.tensors();
        model_.tensors.reserve(size_of(tensors));
        for (unsigned i = 0; i < size_of(tensors); ++i) {
            const schema::Tensor* tensor = tensors->Get(i);
            if (tensor == nullptr) fail("tensor {} is missing; allowed: a table", i);
            model_.tensors.push_back(read_tensor(*tensor));
        }
        model_.inputs = indices(graph_.inputs(), 0, "the subgraph's inputs");
        model_.outputs = indices(graph_.outputs(), 0, "the subgraph's outputs");
        read_operators();
    }

  private:
    template <class... Args>
    [[noreturn]] void fail(fmt::format_string<Args...> problem, Args&&... args) const {
        fail_input(model_.file, problem, std::forward<Args>(args)...);
    }

    Tensor read_tensor(const schema::Tensor& stored) const {
        Tensor tensor;
        tensor.name = bytes_of(stored.name());
        tensor.type = static_cast<ElementType>(stored.type());
        tensor.sparse = stored.sparsity() != nullptr;
        if (size_of(stored.shape()) > max_rank)
            fail("tensor '{}' has {} dimensions; allowed: at most {}", shown(tensor.name), stored.shape()->size(),
                 max_rank);
        for (unsigned i = 0; i < size_of(stored.shape()); ++i) tensor.shape.push_back(stored.shape()->Get(i));
        if (const schema::QuantizationParameters* parameters = stored.quantization()) {
            tensor.quantization.scale = bytes_of(parameters->scale());
            tensor.quantization.zero_point = bytes_of(parameters->zero_point());
            tensor.quantization.dimension = parameters->quantized_dimension();
        }
        read_data(stored, tensor);
        return tensor;
    }

    void read_data(const schema::Tensor& stored, Tensor& tensor) const {
        // Buffer 0 is the empty one, by convention; tensors without data point to it.
        if (stored.buffer() == 0) return;
        if (stored.buffer() >= size_of(root_.buffers()))
            fail("tensor '{}' names buffer {}; allowed: below {}", shown(tensor.name), stored.buffer(),
                 size_of(root_.buffers()));
        const schema::Buffer* buffer = root_.buffers()->Get(stored.buffer());
        if (buffer == nullptr) return;
        if (buffer->offset() > 1)
            fail("tensor '{}' keeps its data behind the flatbuffer; allowed: data inside it", shown(tensor.name));
        if (size_of(buffer->data()) == 0) return;
        tensor.constant = true;
        tensor.data = bytes_of(buffer->data());
        const int bytes = element_bytes(tensor.type);
        const std::int64_t elements = tensor.shape.empty() ? 1 : element_count(tensor.shape);
        if (bytes != 0 && elements * bytes != static_cast<std::int64_t>(tensor.data.size()))
            fail("tensor '{}' of shape [{}] and type {} has {} bytes of data; allowed: as many as its shape needs",
                 shown(tensor.name), fmt::join(tensor.shape, ","), type_name(tensor.type), tensor.data.size());
    }

    std::vector<int> indices(const flatbuffers::Vector<std::int32_t>* stored, int lowest,
                             std::string_view whose) const {
        std::vector<int> result;
        for (unsigned i = 0; i < size_of(stored); ++i) {
            const int index = stored->Get(i);
            if (index < lowest || index >= static_cast<int>(model_.tensors.size()))
                fail("{} name tensor {}; allowed: {} to {}", whose, index, lowest,
                     static_cast<int>(model_.tensors.size()) - 1);
            result.push_back(index);
        }
        return result;
    }

    void read_operators() {
        const auto* operators = graph_.operators();
        std::size_t named = 0;
        for (unsigned i = 0; i < size_of(operators); ++i) {
            const schema::Operator* stored = operators->Get(i);
            if (stored == nullptr) fail("operator {} is missing; allowed: a table", i);
            // Each index takes four bytes of an honest file; lists shared by many operators would grow without bound.
            named += size_of(stored->inputs()) + size_of(stored->outputs());
            if (named * 4 > model_.bytes->size()) fail("its operators share their lists of tensors; allowed: one each");
            Operator operation = read_code(*stored, i);
            const std::string whose = fmt::format("the inputs and outputs of operator {}", i);
            operation.inputs = indices(stored->inputs(), -1, whose);
            operation.outputs = indices(stored->outputs(), 0, whose);
            operation.options = read_options(*stored);
            operation.options.custom = bytes_of(stored->custom_options());
            model_.operators.push_back(std::move(operation));
        }
    }

    Operator read_code(const schema::Operator& stored, unsigned index) const {
        const auto* codes = root_.operator_codes();
        if (stored.opcode_index() >= size_of(codes) || codes->Get(stored.opcode_index()) == nullptr)
            fail("operator {} names operator code {}; allowed: below {}", index, stored.opcode_index(), size_of(codes));
        const schema::OperatorCode* code = codes->Get(stored.opcode_index());
        Operator operation;
        // Old files have the number in the byte alone, new ones in both.
        operation.code = std::max<int>(code->deprecated_builtin_code(), static_cast<int>(code->builtin_code()));
        operation.custom_code = bytes_of(code->custom_code());
        return operation;
    }

    static Options read_options(const schema::Operator& stored) {
        Options options;
        options.given = true;
        if (const auto* convolution = stored.builtin_options_as_Conv2DOptions()) {
            set_window(options, *convolution);
            set_dilation(options, *convolution);
        } else if (const auto* depthwise = stored.builtin_options_as_DepthwiseConv2DOptions()) {
            set_window(options, *depthwise);
            set_dilation(options, *depthwise);
        } else if (const auto* pool = stored.builtin_options_as_Pool2DOptions()) {
            set_window(options, *pool);
            options.filter_height = pool->filter_height();
            options.filter_width = pool->filter_width();
        } else {
            set_others(options, stored);
        }
        return options;
    }

    static void set_others(Options& options, const schema::Operator& stored) {
        if (const auto* connected = stored.builtin_options_as_FullyConnectedOptions()) {
            options.activation = static_cast<int>(connected->fused_activation_function());
            options.weights_format = connected->weights_format();
        } else if (const auto* softmax = stored.builtin_options_as_SoftmaxOptions()) {
            options.beta = softmax->beta();
        } else if (const auto* concatenation = stored.builtin_options_as_ConcatenationOptions()) {
            options.activation = static_cast<int>(concatenation->fused_activation_function());
            options.axis = concatenation->axis();
        } else if (const auto* add = stored.builtin_options_as_AddOptions()) {
            options.activation = static_cast<int>(add->fused_activation_function());
        } else if (const auto* mul = stored.builtin_options_as_MulOptions()) {
            options.activation = static_cast<int>(mul->fused_activation_function());
        } else if (const auto* sub = stored.builtin_options_as_SubOptions()) {
            options.activation = static_cast<int>(sub->fused_activation_function());
        } else if (const auto* div = stored.builtin_options_as_DivOptions()) {
            options.activation = static_cast<int>(div->fused_activation_function());
        } else {
            options.given = false;
        }
    }

    template <class Window>
    static void set_window(Options& options, const Window& window) {
        options.same_padding = window.padding() == schema::Padding::SAME;
        options.stride_height = window.stride_h();
        options.stride_width = window.stride_w();
        options.activation = static_cast<int>(window.fused_activation_function());
    }

    template <class Window>
    static void set_dilation(Options& options, const Window& window) {
        options.dilation_height = window.dilation_h_factor();
        options.dilation_width = window.dilation_w_factor();
    }

    const schema::Model& root_;
    Model& model_;
    const schema::SubGraph& graph_;
};

/// "0 'main', 1 'body'", at most eight.
std::string names_of_subgraphs(const schema::Model& root) {
    std::string names;
    for (unsigned i = 0; i < size_of(root.subgraphs()) && i < 8; ++i)
        names += fmt::format("{}{} '{}'", i == 0 ? "" : ", ", i, shown(bytes_of(root.subgraphs()->Get(i)->name())));
    return names + (size_of(root.subgraphs()) > 8 ? ", ..." : "");
}

/// Bytes 4 to 7 where they could be the mark of a flatbuffer of another kind.
std::string other_kind(std::string_view bytes) {
    const std::string_view mark = bytes.size() < 8 ? std::string_view() : bytes.substr(4, 4);
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    if (mark.empty() || !std::all_of(mark.begin(), mark.end(), is_letter_or_digit))
        return "bytes 4 to 7 are not 'TFL3'";
    return fmt::format("bytes 4 to 7 are '{}'{}, not 'TFL3'", mark,
                       mark == "ORTM"               ? ", a model of ONNX Runtime's"
                       : mark.substr(0, 3) == "TFL" ? ", another version of the format"
                                                    : "");
}

/// What can be said of a file before it is taken for a flatbuffer.
void check_start(std::string_view bytes, const std::string& file) {
    if (bytes.size() < min_file_bytes || bytes.substr(4, 4) != schema::ModelIdentifier())
        fail_input(file, "is no TensorFlow Lite model ({}); allowed: a .tflite file", other_kind(bytes));
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        fail_input(file, "has {} bytes; allowed: less than 2 GiB", bytes.size());
}

/// The root of a flatbuffer that verifies, of our version and with subgraphs.
const schema::Model& root_of(const Model& model) {
    flatbuffers::Verifier verifier(model.bytes->data(), model.bytes->size());
    if (!schema::VerifyModelBuffer(verifier))
        fail_input(model.file,
                   "is truncated or corrupted (the flatbuffer does not verify); allowed: a whole .tflite file");
    const schema::Model& root = *schema::GetModel(model.bytes->data());
    if (root.version() != 3)
        fail_input(model.file, "is of TensorFlow Lite schema version {}; allowed: 3", root.version());
    if (size_of(root.subgraphs()) == 0) fail_input(model.file, "holds no subgraph; allowed: a network");
    for (unsigned i = 0; i < size_of(root.subgraphs()); ++i)
        if (root.subgraphs()->Get(i) == nullptr) fail_input(model.file, "has an empty subgraph; allowed: a network");
    return root;
}

}  // namespace

Model parse_model(std::string_view bytes, const std::string& file, std::optional<int> subgraph) {
    check_start(bytes, file);
    Model model;
    model.file = file;
    // A copy of its own: aligned as the flatbuffer needs it, and as long-lived as the model.
    model.bytes = std::make_shared<const std::vector<std::uint8_t>>(bytes.begin(), bytes.end());
    const schema::Model& root = root_of(model);
    const unsigned count = size_of(root.subgraphs());
    if (subgraph && (*subgraph < 0 || static_cast<unsigned>(*subgraph) >= count))
        fail_input(file, "holds {} subgraph{}: {}; allowed for --subgraph: 0 to {}", count, count == 1 ? "" : "s",
                   names_of_subgraphs(root), count - 1);
    const auto read = [&](unsigned index) {
        Model one;
        one.file = model.file;
        one.bytes = model.bytes;
        Reader(root, *root.subgraphs()->Get(index), one).read();
        return one;
    };
    model = read(static_cast<unsigned>(subgraph.value_or(0)));
    for (unsigned i = 1; !subgraph && i < count; ++i)
        if (count > max_subgraphs || !same_network(model, read(i)))
            fail_input(file, "holds {} subgraphs that differ: {}; allowed: one, or import with --subgraph N", count,
                       names_of_subgraphs(root));
    return model;
}

std::string operator_name(const Operator& operation) {
    const auto code = static_cast<schema::BuiltinOperator>(operation.code);
    if (code == schema::BuiltinOperator::CUSTOM) return shown(operation.custom_code);
    const std::string name = schema::EnumNameBuiltinOperator(code);
    return name.empty() ? fmt::format("operator code {}", operation.code) : name;
}

std::string type_name(ElementType type) {
    switch (type) {
        case ElementType::float32: return "float32";
        case ElementType::float16: return "float16";
        case ElementType::int32: return "int32";
        case ElementType::uint8: return "uint8";
        case ElementType::int64: return "int64";
        case ElementType::int16: return "int16";
        case ElementType::int8: return "int8";
    }
    return fmt::format("element type {}", static_cast<int>(type));
}

std::int64_t element_count(const std::vector<int>& shape) {
    std::int64_t product = 1;
    for (const int size : shape) {
        if (size < 1) return -1;
        product *= size;
        if (product > std::numeric_limits<std::int32_t>::max()) return -1;
    }
    return product;
}

}  // namespace ssdgen::tflite
