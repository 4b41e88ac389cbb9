#pragma once

#include "graph/taker.h"
#include "import/caffe/files.h"
#include "import/graph_builder.h"
#include "import/shown.h"
#include "support/error.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ssdgen::caffe {

/// The default boxes that one PriorBox makes.
struct SourcePriors {
    SourceDescription sizes;
    PriorsDescription common;        // what all sources of a network have to agree on
    std::array<float, 4> variances;  // as well
    TensorId map = 0;                // of its source
    int boxes = 0;                   // a cell
    std::string name;                // of the PriorBox, for messages
};

/// What a blob stands for while the layers are walked.
struct Value : View {
    enum class Kind { picture, features, priors, detections };
    Kind kind = Kind::features;
    bool channels_last = false;  // features: permuted to [height][width][channels]
    std::string softmax;         // the layer that did it, for messages
    std::vector<SourcePriors> priors;
};

/// Walks the layers of a prototxt in order and builds the graph. One method a layer type; each throws InputError,
/// naming layer and type, for a case that a description cannot say. Caffe's own defaults apply. Types that are not
/// understood, parameters that are missing and parameters that do not fit are each told all at once.
class Walker {
  public:
    /// The weights are moved out of the model.
    Walker(const NetParameter& net, std::string file, Model& model);
    ModelGraph walk();

    using Method = void (Walker::*)();
    /// By layer type.
    static const std::map<std::string, Method>& methods();

  private:
    void check_types() const;
    void check_parameters() const;
    void check_batch_norms() const;
    void resolve_blobs();
    int add_version(const std::string& blob);
    void start_from_picture();
    void set_picture(const std::vector<std::int64_t>& shape, int version);
    void step();
    void finish();
    void finish_classifier(const Value& output);
    void refuse_surplus_weights() const;

    // Layers with parameters, and pools (layers.cpp).
    void input();
    void convolution();
    void inner_product();
    void pooling();
    void max_pool();
    WindowRule read_window() const;
    bool read_group(int inputs) const;
    void give_layer(TensorId made, std::vector<int> shape);
    void give_map(TensorId made);
    const Shape& map_of(const Value& value) const { return builder_.shape(value.parts[0]); }

    // Layers that take several maps (several.cpp).
    void eltwise();
    bool joins_maps() const;
    void concat_maps();
    std::vector<TensorId> several_maps() const;

    // Layers that join the one before them (fused.cpp).
    void batch_norm();
    void scale();
    void activation(Activation kind);
    void relu();
    void clip();
    TensorId fused_into() const;
    std::vector<float> channel_blob(WeightTensor& blob, int channels);
    using Turn = std::function<WeightTensor(const WeightTensor& neutral)>;
    WeightTensor weight_blob(const WeightTensor& blob, const std::vector<int>& shape, const Turn& turn);
    std::vector<float> bias_blob(std::vector<WeightTensor>& blobs, int channels);

    // Layers that change how values are seen (views.cpp).
    void pass_through();
    void permute();
    void flatten();
    void reshape();
    void concat();
    void softmax();
    void sigmoid();
    int axis_of(int axis, const Value& value) const;
    int concat_axis() const;
    void concat_priors();

    // PriorBox and DetectionOutput (head.cpp).
    void prior_box();
    void detection_output();
    void read_post_processing(Head& head) const;
    void match_priors(Detector& detector, const Value& priors) const;
    void check_counts(const Detector& detector, const Value& priors) const;
    PriorStep prior_step() const;

    const LayerParameter& layer() const { return net_.layer(current_); }
    std::string where() const;
    Site site() const { return {where(), "layer", layer().name()}; }
    template <class... Args>
    [[noreturn]] void fail(fmt::format_string<Args...> problem, Args&&... args) const {
        fail_input(where(), problem, std::forward<Args>(args)...);
    }
    void need(int bottoms) const;  // so many, and one top
    const Value& bottom(int position) const;
    const Value& features(int position) const;   // of layers, unconverted or scores
    const Value& whole_map(int position) const;  // the picture, or one layer's output as it made it
    void give(Value value);
    std::vector<WeightTensor> take_blobs(std::size_t count);
    template <class... Args>
    void misfit(fmt::format_string<Args...> problem, Args&&... args) {
        misfits_.push_back(fmt::format(problem, std::forward<Args>(args)...));
    }

    const NetParameter& net_;
    std::string file_;
    Model& model_;
    GraphBuilder builder_;
    std::vector<std::vector<int>> bottoms_, tops_;   // one a layer: versions of blobs; in place makes a new version
    std::vector<std::string> names_;                 // one a version
    std::vector<int> uses_;                          // one a version
    std::vector<std::optional<Value>> values_;       // one a version
    std::map<std::string, int> versions_;            // the last of each blob
    std::set<TensorId> scaled_;                      // layers that a Scale has joined
    std::map<std::string, std::size_t> with_blobs_;  // layers of the model whose parameters nobody took yet
    std::vector<std::string> misfits_;               // parameters of another count or shape, told together at the end
    bool has_picture_ = false;
    int current_ = 0;
};

}  // namespace ssdgen::caffe
