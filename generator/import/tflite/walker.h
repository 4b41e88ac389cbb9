#pragma once

#include "description/stated_head.h"
#include "graph/taker.h"
#include "import/graph_builder.h"
#include "import/shown.h"
#include "import/tflite/model.h"
#include "support/error.h"

#include <string>
#include <utility>
#include <vector>

namespace ssdgen::tflite {

/// What a tensor of the file stands for while the operators are walked.
struct Value : View {
    enum class Kind { unknown, constant, numbers, picture, layers, detections };
    Kind kind = Kind::unknown;
    int constant = -1;         // constant: the tensor that holds the values (another one behind a DEQUANTIZE)
    int logits = -1;           // a conversion: the tensor that it takes
    int scores = -1;           // and that it makes
    std::optional<Pads> pads;  // a PAD awaits its convolution
    bool below_six = false;    // a MINIMUM awaits its RELU
};

/// What is known beside the file.
struct WalkOptions {
    std::string boxes, scores;          // the tensors of a detector's raw outputs; or both empty
    const StatedHead* head = nullptr;   // the rest of its head
    const Description* into = nullptr;  // or the description that only the weights are read for
};

/// Walks a model's operators and builds its graph. One method a kind of operator; each throws InputError for a case
/// that a description cannot say.
class Walker {
  public:
    Walker(const Model& model, const WalkOptions& options);
    ModelGraph walk();

  private:
    struct Reader;
    static const std::vector<Reader>& readers();
    const Reader* reader_of(const Operator& operation) const;
    void find_raw_outputs();
    void count_uses();
    void refuse_compiled() const;
    void refuse_unknown() const;
    void start_from_picture();
    void finish();
    void finish_outputs();
    void finish_classifier(const Value& output);
    void apply_quantised_ranges();
    void store_maps(Graph& graph) const;

    // Boxes and scores that no TFLite_Detection_PostProcess takes (raw.cpp).
    int find_tensor(const char* option, const std::string& name) const;
    const Value& raw_output(int tensor) const;
    Detector raw_detector(int boxes, int scores) const;
    void raw_detector_as_named();
    void raw_detector_as_described();
    std::optional<ScoreConversion> conversion_after(int tensor) const;
    bool looks_raw() const;
    std::string outputs_text() const;

    // Operators that make a layer (layers.cpp).
    void convolution();
    void depthwise();
    void fully_connected();
    void average_pool();
    void max_pool();
    bool covers_map(const Shape& map) const;
    void mean();
    WindowRule read_window(const Value& input, int kernel_height, int kernel_width) const;
    WeightTensor read_bias(int channels, const Tensor& weight);
    void give_map(TensorId made);
    void give_layer(TensorId made, std::vector<int> shape);
    std::vector<float> bias_scales(const Tensor& weight) const;

    // Operators that take several maps (several.cpp).
    bool takes_two_maps() const;
    void refuse_two_maps() const;
    void addition();
    void addition_of_several();
    void add_maps(Activation activation);
    void find_layers_inputs();
    bool joins_maps() const;
    void concat_maps();

    // Activations, fused or operators of their own (activation.cpp).
    Activation fused_activation() const;
    void relu() { activation(Activation::relu); }
    void relu6() { activation(Activation::relu6); }
    void activation(Activation kind);
    void activate(Activation kind, std::size_t position);
    void minimum();
    void maximum();
    TensorId layer_alone(const Value& value) const;
    void note_map(TensorId layer);
    std::size_t map_bounded_by(float number);

    // Operators that change how values are seen (views.cpp).
    void pass_through();
    void reshape();
    void pad();
    void cast();
    void reverse();
    void picture_arithmetic();
    void concatenation();
    void logistic() { convert_scores(ScoreConversion::sigmoid); }
    void softmax() { convert_scores(ScoreConversion::softmax); }
    void convert_scores(ScoreConversion conversion);
    void shape_numbers();
    // TFLite_Detection_PostProcess (head.cpp).
    void detection();
    std::optional<StoredMap> stored_list(int tensor) const;
    StoredHead stored_head(int boxes, int scores) const;

    std::string where() const;
    Site site() const;
    template <class... Args>
    [[noreturn]] void fail(fmt::format_string<Args...> problem, Args&&... args) const {
        fail_input(where(), problem, std::forward<Args>(args)...);
    }
    const Operator& operation() const { return model_.operators[static_cast<std::size_t>(current_)]; }
    const Tensor& tensor(int index) const { return model_.tensors[static_cast<std::size_t>(index)]; }
    std::string tensor_name(int index) const { return shown(tensor(index).name); }
    void need(std::size_t least_inputs, std::size_t most_inputs);
    void need_options() const;
    int input_tensor(std::size_t position) const;
    const Value& input(std::size_t position) const;
    const Value& feature(std::size_t position) const;  // of layers or the picture, unconverted
    const Value& whole_map(
        std::size_t position) const;  // a feature of one layer, seen with its own shape (padded or not)
    const Value& unpadded(const Value& value) const;
    const Value& results(std::size_t position) const;  // of layers: maps, lists of them, scores
    const Tensor& constant(std::size_t position);
    void give(Value value);  // the operator's only output
    const Shape& map_of(const Value& value) const { return builder_.shape(value.parts[0]); }
    void no_fused_activation() const;
    void spend(std::size_t values);

    const Model& model_;
    const WalkOptions& options_;
    int raw_boxes_ = -1, raw_scores_ = -1;  // the tensors that the options name
    std::vector<bool> needed_;              // one an operator: it leads to them; all if they name none
    GraphBuilder builder_;
    std::vector<Value> values_;                     // one a tensor
    std::vector<int> uses_;                         // one a tensor
    std::vector<bool> leads_to_layer_;              // one a tensor: a layer takes it, as it is or seen otherwise
    std::vector<std::pair<TensorId, int>> layers_;  // the graph's tensor and the file's that a layer makes, activated
    int picture_ = -1;                              // the tensor that the first layer takes
    int scores_ = -1;                               // a classifier's, converted
    int current_ = 0;                               // the operator
    std::size_t spent_ = 0;                         // values taken from constants so far
};

/// Walks the operators in run order. InputError that names operator, type and tensor for what is not understood.
ModelGraph read_model(const Model& model, const WalkOptions& options = {});

}  // namespace ssdgen::tflite
