#include "import/describe.h"

#include "import/naming.h"
#include "support/error.h"
#include "weights/prior_table.h"

#include <algorithm>
#include <filesystem>

namespace ssdgen {

namespace {

constexpr int largest_channels = 65536;

bool unpadded(const NetworkLayer& layer) { return layer.padding == PaddingRule::same || layer.pad == Pads{0, 0, 0, 0}; }

/// A classifier's last 1x1 convolution on a 1x1 map is a fully connected layer.
void connect_last_layer(Network& network) {
    if (network.output < 0) return;
    NetworkLayer& last = network.layers[static_cast<std::size_t>(network.output)];
    const bool on_a_point = last.in.height == 1 && last.in.width == 1 && last.out.height == 1 && last.out.width == 1;
    if (last.kind != LayerKind::convolution || last.kernel != 1 || !on_a_point || !unpadded(last) || last.batch_norm)
        return;
    last.kind = LayerKind::fully_connected;
    last.weight.shape = {last.out.channels, last.in.channels};
}

LayerDescription describe_layer(const std::string& file, const NetworkLayer& layer, const std::string& name) {
    LayerDescription description;
    description.name = name;
    description.kind = layer.kind;
    description.activation = layer.activation;
    if (layer.kind == LayerKind::convolution || layer.kind == LayerKind::fully_connected) {
        description.channels = layer.out.channels;
        if (description.channels > largest_channels)
            fail_input(file, "layer '{}' has {} channels; allowed: at most {}", name, description.channels,
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
        const int centred = layer.dilation * (layer.kernel - 1) / 2;
        if (layer.pad != Pads{centred, centred, centred, centred}) description.pad = layer.pad;
    }
    return description;
}

class Describer {
  public:
    explicit Describer(Network& network) : network_(network), sections_(name_layers(network)) {}

    Imported run() {
        Description& description = result_.description;
        description.file = network_.file;
        description.name = network_name(std::filesystem::path(network_.file).stem().string());
        result_.weights.file = network_.file;
        add_section(sections_.backbone, description.backbone, "/backbone");
        add_section(sections_.extras, description.extras, "/extras");
        add_section(sections_.classifier, description.classifier, "/classifier");
        if (description.backbone.empty()) fail_input(network_.file, "has no layer; allowed: a network");
        if (network_.scores == ScoreConversion::softmax) add_softmax();
        if (network_.scores == ScoreConversion::sigmoid) description.scores = ScoreConversion::sigmoid;
        if (network_.detector) add_head();
        add_scaled_sections();
        return std::move(result_);
    }

  private:
    void add_section(const std::vector<int>& layers, std::vector<LayerDescription>& section,
                     const std::string& pointer) {
        for (const int index : layers) {
            NetworkLayer& layer = network_.layers[static_cast<std::size_t>(index)];
            const std::string& name = sections_.names[static_cast<std::size_t>(index)];
            LayerDescription description = describe_layer(network_.file, layer, name);
            description.pointer = fmt::format("{}/{}", pointer, section.size());
            if (layer.input != before_) description.input = input_name(layer);
            section.push_back(std::move(description));
            add_tensors(layer, name);
            before_ = index;
        }
    }

    std::string input_name(const NetworkLayer& layer) const {
        if (layer.input < 0)
            fail_input(network_.file,
                       "{} '{}' takes the picture, as others before it do; allowed: one layer on the picture",
                       layer.place, shown(layer.name));
        const std::string& name = sections_.names[static_cast<std::size_t>(layer.input)];
        if (name.empty())
            fail_input(network_.file,
                       "{} '{}' takes the output of a box or score predictor; allowed: only the detections",
                       layer.place, shown(layer.name));
        return name;
    }

    void add_tensors(NetworkLayer& layer, const std::string& name) {
        if (layer.weight.values.empty()) return;
        auto& tensors = result_.weights.tensors;
        const std::vector<int> channels{layer.out.channels};
        tensors[name + ".weight"] = std::move(layer.weight);
        if (!layer.bias.values.empty()) tensors[name + ".bias"] = std::move(layer.bias);
        if (!layer.batch_norm) return;
        set_epsilon(layer);
        tensors[name + ".batch_norm.mean"] = {channels, std::move(layer.batch_norm->mean)};
        tensors[name + ".batch_norm.variance"] = {channels, std::move(layer.batch_norm->variance)};
        tensors[name + ".batch_norm.gamma"] = {channels, std::move(layer.batch_norm->gamma)};
        tensors[name + ".batch_norm.beta"] = {channels, std::move(layer.batch_norm->beta)};
    }

    void set_epsilon(const NetworkLayer& layer) {
        auto& epsilon = result_.description.batch_norm_epsilon;
        if (epsilon && *epsilon != layer.batch_norm->epsilon)
            fail_input(network_.file, "{} '{}' has the batch norm epsilon {}; allowed: that of the others, {}",
                       layer.place, shown(layer.name), layer.batch_norm->epsilon, *epsilon);
        epsilon = layer.batch_norm->epsilon;
    }

    /// What alpha may scale: backbone and extras, but not the section that ends in a classifier's scores, one a class.
    void add_scaled_sections() {
        Description& description = result_.description;
        const auto has_channels = [](const LayerDescription& layer) { return layer.channels > 0; };
        const auto any = [&](const std::vector<LayerDescription>& layers) {
            return std::any_of(layers.begin(), layers.end(), has_channels);
        };
        const bool ends_in_scores = !description.head && !any(description.classifier);
        if (any(description.backbone) && !ends_in_scores) description.alpha_scales.push_back(Section::backbone);
        if (any(description.extras)) description.alpha_scales.push_back(Section::extras);
    }

    void add_softmax() {
        LayerDescription softmax;
        softmax.name = "prob";
        softmax.kind = LayerKind::softmax;
        softmax.pointer = fmt::format("/classifier/{}", result_.description.classifier.size());
        // A softmax takes the layer before it: of several branches the last must be the output.
        if (before_ != network_.output)
            fail_input(network_.file, "has layers after its output; allowed: the output last");
        result_.description.classifier.push_back(std::move(softmax));
    }

    void add_head() {
        result_.description.head = describe_head(network_, sections_.names);
        Detector& detector = *network_.detector;
        const auto& sources = result_.description.head->sources;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            add_tensors(network_.layers[static_cast<std::size_t>(detector.boxes[i])], sources[i].layer + "_mbox_loc");
            add_tensors(network_.layers[static_cast<std::size_t>(detector.scores[i])], sources[i].layer + "_mbox_conf");
        }
        if (detector.anchors.values.empty()) return;
        check_prior_table(network_.file + ": priors", detector.anchors.values);
        result_.weights.tensors["priors"] = std::move(detector.anchors);
    }

    Network& network_;
    Sections sections_;
    Imported result_;
    int before_ = -1;  // the layer described last
};

}  // namespace

Imported describe_network(Network network) {
    connect_last_layer(network);
    return Describer(network).run();
}

}  // namespace ssdgen
