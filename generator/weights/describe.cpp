#include "weights/describe.h"

#include "support/error.h"
#include "weights/naming.h"

namespace ssdgen::tflite {

namespace {

constexpr int largest_channels = 65536;

bool unpadded(const NetworkLayer& layer) {
    return layer.padding == PaddingRule::same || layer.pad == Pads{0, 0, 0, 0};
}

/// A classifier's last 1x1 convolution on a 1x1 map is a fully connected layer.
void connect_last_layer(Network& network) {
    if (network.output < 0) return;
    NetworkLayer& last = network.layers[static_cast<std::size_t>(network.output)];
    const bool on_a_point = last.in.height == 1 && last.in.width == 1 && last.out.height == 1 && last.out.width == 1;
    if (last.kind != LayerKind::convolution || last.kernel != 1 || !on_a_point || !unpadded(last)) return;
    last.kind = LayerKind::fully_connected;
    last.weight.shape = {last.out.channels, last.in.channels};
}

LayerDescription describe_layer(const Model& model, const NetworkLayer& layer, const std::string& name) {
    LayerDescription description;
    description.name = name;
    description.kind = layer.kind;
    description.activation = layer.activation;
    if (layer.kind == LayerKind::convolution || layer.kind == LayerKind::fully_connected) {
        description.channels = layer.out.channels;
        if (description.channels > largest_channels)
            fail_input(model.file, "layer '{}' has {} channels; allowed: at most {}", name, description.channels,
                       largest_channels);
    }
    if (layer.kind == LayerKind::fully_connected) return description;
    description.kernel = layer.kernel;
    description.stride = layer.stride;
    if (layer.kind == LayerKind::average_pool) {
        description.pad = Pads{0, 0, 0, 0};
    } else if (layer.kind == LayerKind::convolution && layer.kernel == 1 && unpadded(layer)) {
        description.kind = LayerKind::pointwise;  // under which no padding rule makes a difference
    } else {
        description.dilation = layer.dilation;
        description.padding = layer.padding;
        description.pad = layer.pad;
    }
    return description;
}

class Describer {
  public:
    Describer(const Model& model, Network& network)
        : model_(model), network_(network), sections_(name_layers(model, network)) {}

    Imported run() {
        Description& description = result_.description;
        description.file = model_.file;
        description.name = network_name(model_.file);
        result_.weights.file = model_.file;
        add_section(sections_.backbone, description.backbone, "/backbone");
        add_section(sections_.extras, description.extras, "/extras");
        add_section(sections_.classifier, description.classifier, "/classifier");
        if (description.backbone.empty()) fail_input(model_.file, "has no layer; allowed: a network");
        if (network_.softmax) add_softmax();
        if (network_.detector) add_head();
        return std::move(result_);
    }

  private:
    void add_section(const std::vector<int>& layers, std::vector<LayerDescription>& section,
                     const std::string& pointer) {
        for (const int index : layers) {
            NetworkLayer& layer = network_.layers[static_cast<std::size_t>(index)];
            const std::string& name = sections_.names[static_cast<std::size_t>(index)];
            LayerDescription description = describe_layer(model_, layer, name);
            description.pointer = fmt::format("{}/{}", pointer, section.size());
            if (layer.input != before_) description.input = input_name(layer);
            section.push_back(std::move(description));
            add_tensors(layer, name);
            before_ = index;
        }
    }

    std::string input_name(const NetworkLayer& layer) const {
        if (layer.input < 0)
            fail_input(model_.file,
                       "operator {} takes the picture, as operators before it do; allowed: one layer on the picture",
                       layer.operator_index);
        const std::string& name = sections_.names[static_cast<std::size_t>(layer.input)];
        if (name.empty())
            fail_input(model_.file,
                       "operator {} takes the output of a box or score predictor; allowed: only the detections",
                       layer.operator_index);
        return name;
    }

    void add_tensors(NetworkLayer& layer, const std::string& name) {
        if (layer.weight.values.empty()) return;
        result_.weights.tensors[name + ".weight"] = std::move(layer.weight);
        result_.weights.tensors[name + ".bias"] = std::move(layer.bias);
    }

    void add_softmax() {
        LayerDescription softmax;
        softmax.name = "prob";
        softmax.kind = LayerKind::softmax;
        softmax.pointer = fmt::format("/classifier/{}", result_.description.classifier.size());
        // A softmax takes the layer before it: of several branches the last must be the output.
        if (before_ != network_.output)
            fail_input(model_.file, "has layers after its output; allowed: the output last");
        result_.description.classifier.push_back(std::move(softmax));
    }

    void add_head() {
        result_.description.head = describe_head(model_, network_, sections_.names);
        Detector& detector = *network_.detector;
        const auto& sources = result_.description.head->sources;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            add_tensors(network_.layers[static_cast<std::size_t>(detector.boxes[i])], sources[i].layer + "_mbox_loc");
            add_tensors(network_.layers[static_cast<std::size_t>(detector.scores[i])], sources[i].layer + "_mbox_conf");
        }
        result_.weights.tensors["priors"] = std::move(detector.anchors);
    }

    const Model& model_;
    Network& network_;
    Sections sections_;
    Imported result_;
    int before_ = -1;  // the layer described last
};

}  // namespace

Imported describe_network(const Model& model, Network network) {
    connect_last_layer(network);
    return Describer(model, network).run();
}

}  // namespace ssdgen::tflite
