#include "import/describe.h"

#include "description/limits.h"
#include "graph/build.h"
#include "graph/shapes.h"
#include "graph/weight_layout.h"
#include "import/naming.h"
#include "import/shown.h"
#include "support/error.h"
#include "weights/prior_table.h"

#include <algorithm>
#include <filesystem>

namespace ssdgen {

namespace {

/// What a node says of its layer's description. map: its input.
struct NodeDescriber {
    const Shape& map;
    const WindowRule& rule;
    LayerDescription& description;

    void operator()(const Normalise&) const { check(false, "no layer normalises"); }

    void operator()(const Convolution& layer) const {
        description.activation = layer.activation;
        description.depth_multiplied = layer.depth_multiplied;
        if (taps(layer.window) == 1 && !is_padded(layer.window) && !layer.depth_multiplied) {
            description.kind = LayerKind::pointwise;  // under which no padding rule makes a difference
            description.stride = stride_of(layer.window);
        } else {
            describe_window(layer.window);
        }
    }

    void operator()(const Depthwise& layer) const {
        description.activation = layer.activation;
        describe_window(layer.window);
    }

    void operator()(const AveragePool& layer) const {
        const Window& window = layer.window;
        description.kernel = covers_map(window) ? 0 : kernel_of(window);
        description.stride = stride_of(window);
        description.pad = Pads{0, 0, 0, 0};
    }

    void operator()(const MaxPool& layer) const {
        if (covers_map(layer.window)) {
            description.kernel = 0;
            return;
        }
        describe_window(layer.window);
        description.rounding = rule.rounding;
    }

    void operator()(const FullyConnected& layer) const { description.activation = layer.activation; }

    void operator()(const Add& layer) const { description.activation = layer.activation; }

    void operator()(const Concat&) const {}

    void operator()(const Softmax&) const { check(false, "a softmax is no layer of a section"); }

    bool covers_map(const Window& window) const {
        return window.rows.kernel == map.height && window.columns.kernel == map.width && !is_padded(window);
    }

    void describe_window(const Window& window) const {
        description.kernel = kernel_of(window);
        description.stride = stride_of(window);
        description.dilation = dilation_of(window);
        description.padding = rule.padding;
        const bool usual =
            rule.padding == PaddingRule::same || rule.pads == centred_pads(description.kernel, description.dilation);
        if (!usual) description.pad = rule.pads;
    }
};

bool has_channels(LayerKind kind) { return kind == LayerKind::convolution || kind == LayerKind::fully_connected; }

/// Moves the parameters of a node out of it, under their neutral names and in their neutral layout.
struct TensorTaker {
    const std::string& name;
    int channels;
    std::map<std::string, WeightTensor>& tensors;

    void operator()(Normalise&) const {}
    void operator()(AveragePool&) const {}
    void operator()(MaxPool&) const {}
    void operator()(Add&) const {}
    void operator()(Concat&) const {}
    void operator()(Softmax&) const {}

    void operator()(Convolution& layer) const {
        add("weight", neutral_convolution_weights(layer.weights));
        add("bias", std::move(layer.bias));
        add_batch_norm(layer.batch_norm);
    }

    void operator()(Depthwise& layer) const {
        add("weight", neutral_depthwise_weights(layer.weights));
        add("bias", std::move(layer.bias));
        add_batch_norm(layer.batch_norm);
    }

    void operator()(FullyConnected& layer) const {
        add("weight", neutral_fully_connected_weights(layer.weights));
        add("bias", std::move(layer.bias));
    }

    void add_batch_norm(std::optional<BatchNorm>& norm) const {
        if (!norm) return;
        add("batch_norm.mean", {{channels}, std::move(norm->mean)});
        add("batch_norm.variance", {{channels}, std::move(norm->variance)});
        add("batch_norm.gamma", {{channels}, std::move(norm->gamma)});
        add("batch_norm.beta", {{channels}, std::move(norm->beta)});
    }

    void add(const char* part, WeightTensor tensor) const {
        tensors[fmt::format("{}.{}", name, part)] = std::move(tensor);
    }
};

class Describer {
  public:
    explicit Describer(ModelGraph& model)
        : model_(model), graph_(model.graph), sections_(name_layers(outline_of(model))) {}

    Imported run() {
        Description& description = result_.description;
        description.file = graph_.file;
        description.name = network_name(std::filesystem::path(graph_.file).stem().string());
        describe_section(sections_.backbone, description.backbone, "/backbone");
        describe_section(sections_.extras, description.extras, "/extras");
        describe_section(sections_.classifier, description.classifier, "/classifier");
        if (description.backbone.empty()) fail_input(graph_.file, "has no layer; allowed: a network");
        if (model_.detector)
            describe_detector();
        else
            describe_scores();
        add_scaled_sections();
        take_weights();
        return std::move(result_);
    }

  private:
    const Node& node(int layer) const { return graph_.nodes[static_cast<std::size_t>(layer)]; }
    const LayerOrigin& origin(int layer) const { return model_.origins[static_cast<std::size_t>(layer)]; }
    const std::string& name(int layer) const { return sections_.names[static_cast<std::size_t>(layer)]; }

    void describe_section(const std::vector<int>& layers, std::vector<LayerDescription>& section,
                          const std::string& pointer) {
        for (const int layer : layers) {
            LayerDescription description = describe_layer(layer);
            description.pointer = fmt::format("{}/{}", pointer, section.size());
            const std::vector<TensorId>& inputs = node(layer).inputs;
            if (inputs.size() > 1 || layer_of(inputs[0]) != before_)
                for (const TensorId input : inputs) description.inputs.push_back(input_name(layer, layer_of(input)));
            section.push_back(std::move(description));
            set_epsilon(layer);
            before_ = layer;
        }
    }

    LayerDescription describe_layer(int layer) const {
        const Node& described = node(layer);
        LayerDescription description;
        description.name = name(layer);
        description.kind = layer_kind(described);
        if (has_channels(description.kind)) {
            description.channels = shape_of(graph_, described.outputs[0]).channels;
            if (description.channels > limits::layer_channels)
                fail_input(graph_.file, "layer '{}' has {} channels; allowed: at most {}", description.name,
                           description.channels, limits::layer_channels);
        }
        const Shape& map = shape_of(graph_, described.inputs[0]);
        std::visit(NodeDescriber{map, origin(layer).rule, description}, described.operation);
        return description;
    }

    std::string input_name(int layer, int input) const {
        const LayerOrigin& taker = origin(layer);
        if (input < 0)
            fail_input(graph_.file,
                       "{} '{}' takes the picture, as others before it do; allowed: one layer on the picture",
                       taker.place, shown(taker.name));
        if (name(input).empty())
            fail_input(graph_.file,
                       "{} '{}' takes the output of a box or score predictor; allowed: only the detections",
                       taker.place, shown(taker.name));
        return name(input);
    }

    void set_epsilon(int layer) {
        const std::optional<BatchNorm>* norm = batch_norm_of(node(layer));
        if (norm == nullptr || !*norm) return;
        auto& epsilon = result_.description.batch_norm_epsilon;
        if (epsilon && *epsilon != (*norm)->epsilon)
            fail_input(graph_.file, "{} '{}' has the batch norm epsilon {}; allowed: that of the others, {}",
                       origin(layer).place, shown(origin(layer).name), (*norm)->epsilon, *epsilon);
        epsilon = (*norm)->epsilon;
    }

    /// What alpha may scale: backbone and extras, but not the section that ends in a classifier's scores, one a class.
    void add_scaled_sections() {
        Description& description = result_.description;
        const auto any = [](const std::vector<LayerDescription>& layers) {
            return std::any_of(layers.begin(), layers.end(),
                               [](const LayerDescription& layer) { return layer.channels > 0; });
        };
        const bool ends_in_scores = !description.head && !any(description.classifier);
        if (any(description.backbone) && !ends_in_scores) description.alpha_scales.push_back(Section::backbone);
        if (any(description.extras)) description.alpha_scales.push_back(Section::extras);
    }

    void describe_scores() {
        if (graph_.scores == ScoreConversion::softmax) add_softmax();
        if (graph_.scores == ScoreConversion::sigmoid) result_.description.scores = ScoreConversion::sigmoid;
    }

    void add_softmax() {
        LayerDescription softmax;
        softmax.name = "prob";
        softmax.kind = LayerKind::softmax;
        softmax.pointer = fmt::format("/classifier/{}", result_.description.classifier.size());
        // A softmax takes the layer before it: of several branches the last must be the output.
        if (before_ != layer_of(graph_.logits))
            fail_input(graph_.file, "has layers after its output; allowed: the output last");
        result_.description.classifier.push_back(std::move(softmax));
    }

    void describe_detector() {
        pair_predictors(model_, sections_.names);
        check_graph(graph_);
        result_.description.head = describe_head(model_);
        for (const HeadSource& source : graph_.head->sources) {
            set_epsilon(layer_of(source.boxes));
            set_epsilon(layer_of(source.logits));
        }
        if (!graph_.head->prior_table.empty()) check_prior_table(graph_.file + ": priors", graph_.head->prior_table);
    }

    void take_weights() {
        result_.weights.file = graph_.file;
        take_map(graph_.input, "input");
        if (graph_.scores == ScoreConversion::softmax)
            take_map(graph_.nodes.back().outputs[0], result_.description.classifier.back().name);
        for (const auto* section : {&sections_.backbone, &sections_.extras, &sections_.classifier})
            for (const int layer : *section) take_tensors(layer, name(layer));
        if (!graph_.head) return;
        for (const HeadSource& source : graph_.head->sources) {
            take_tensors(layer_of(source.boxes), source.layer + "_mbox_loc");
            take_tensors(layer_of(source.logits), source.layer + "_mbox_conf");
        }
        WeightTensor& priors = model_.detector->prior_table;
        if (!priors.empty()) result_.weights.tensors["priors"] = std::move(priors);
        result_.weights.head = model_.detector->head.stored;
    }

    void take_tensors(int layer, const std::string& name) {
        Node& taken = graph_.nodes[static_cast<std::size_t>(layer)];
        const int channels = shape_of(graph_, taken.outputs[0]).channels;
        std::visit(TensorTaker{name, channels, result_.weights.tensors}, taken.operation);
        take_map(taken.outputs[0], name);
    }

    /// How a map is stored, if it is not real numbers.
    void take_map(TensorId tensor, const std::string& name) {
        Tensor& map = graph_.tensors[static_cast<std::size_t>(tensor)];
        if (map.quantization) result_.weights.maps[name] = {map.element, std::move(*map.quantization)};
    }

    ModelGraph& model_;
    Graph& graph_;
    Sections sections_;
    Imported result_;
    int before_ = -1;  // the layer described last
};

}  // namespace

Imported describe_model(ModelGraph model) { return Describer(model).run(); }

}  // namespace ssdgen
