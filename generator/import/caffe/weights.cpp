// The parameters of a .caffemodel alone, for a description that exists.

#include "import/caffe/files.h"
#include "import/caffe/import.h"
#include "import/naming.h"
#include "support/error.h"

#include <algorithm>
#include <map>
#include <set>

namespace ssdgen {

namespace {

using caffe::Model;
using caffe::ModelLayer;

bool is_convolution(const std::string& type) {
    return type == "Convolution" || type == "DepthwiseConvolution" || type == "ConvolutionDepthwise";
}

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The layers that a description takes parameters for; true: fully connected.
std::map<std::string, bool> layers_of(const Description& description) {
    std::map<std::string, bool> layers;
    for (const auto* section : {&description.backbone, &description.extras, &description.classifier})
        for (const LayerDescription& layer : *section)
            if (layer.kind != LayerKind::average_pool && layer.kind != LayerKind::softmax)
                layers[layer.name] = layer.kind == LayerKind::fully_connected;
    if (description.head)
        for (const SourceDescription& source : description.head->sources)
            layers[source.layer + "_mbox_loc"] = layers[source.layer + "_mbox_conf"] = false;
    return layers;
}

/// Puts a .caffemodel's layers together as far as its own words about bottoms and tops go: enough to join batch norms
/// to their convolutions and to recognise a MobileNet.
class Assembler {
  public:
    explicit Assembler(Model model) : model_(std::move(model)) { network_.file = model_.file; }

    Network assemble() {
        for (ModelLayer& layer : model_.layers) add(layer);
        find_head();
        return std::move(network_);
    }

  private:
    [[noreturn]] void fail(const ModelLayer& layer, const std::string& problem) const {
        fail_input(fmt::format("{}: layer '{}' ({})", model_.file, shown(layer.name), shown(layer.type)), "{}",
                   problem);
    }

    int origin(const ModelLayer& layer) const {
        if (layer.bottoms.empty()) return -1;
        const auto found = origins_.find(layer.bottoms[0]);
        return found == origins_.end() ? -1 : found->second;
    }

    void add(ModelLayer& layer) {
        int origin_of_tops = origin(layer);
        if (is_convolution(layer.type) || layer.type == "InnerProduct" || layer.type == "Pooling") {
            add_layer(layer);
            origin_of_tops = static_cast<int>(network_.layers.size()) - 1;
        } else if (layer.type == "BatchNorm" || layer.type == "Scale") {
            join(layer);
        } else if (!layer.blobs.empty()) {
            fail(layer,
                 "has parameters, but is of a type that is not understood; allowed: Convolution, InnerProduct, "
                 "BatchNorm, Scale");
        }
        for (const std::string& top : layer.tops) origins_[top] = origin_of_tops;
    }

    void add_layer(ModelLayer& layer) {
        NetworkLayer built;
        built.name = layer.name;
        built.place = "layer";
        built.input = origin(layer);
        built.kind = layer.type == "Pooling"        ? LayerKind::average_pool
                     : layer.type == "InnerProduct" ? LayerKind::fully_connected
                                                    : LayerKind::convolution;
        const int before = built.input < 0 ? 0 : network_.layers[static_cast<std::size_t>(built.input)].out.channels;
        if (built.kind == LayerKind::average_pool)
            built.out.channels = before;
        else
            add_parameters(layer, before, built);
        network_.layers.push_back(std::move(built));
    }

    void add_parameters(ModelLayer& layer, int channels_before, NetworkLayer& built) const {
        if (layer.blobs.empty() || layer.blobs.size() > 2) fail(layer, "has no weights; allowed: weights, and a bias");
        const std::vector<int>& shape = layer.blobs[0].shape;
        const bool connected = built.kind == LayerKind::fully_connected;
        if (connected ? shape.size() < 2 : shape.size() != 4)
            fail(layer, fmt::format("has weights of {} axes; allowed: {}", shape.size(), connected ? 2 : 4));
        // The old form of a shape has two axes of length 1 before an InnerProduct's own.
        built.out.channels = connected ? shape[shape.size() - 2] : shape[0];
        built.kernel = connected ? 1 : shape[2];
        if (!connected && shape[1] == 1 && channels_before == shape[0] && channels_before > 1)
            built.kind = LayerKind::depthwise;
        built.weight = std::move(layer.blobs[0]);
        built.bias.shape = {built.out.channels};
        built.bias.values.assign(static_cast<std::size_t>(built.out.channels), 0.0F);
        if (layer.blobs.size() == 2) built.bias.values = channel_values(layer, 1, built.out.channels);
    }

    std::vector<float> channel_values(ModelLayer& layer, std::size_t blob, int channels) const {
        if (blob >= layer.blobs.size() || layer.blobs[blob].values.size() != static_cast<std::size_t>(channels))
            fail(layer, fmt::format("lacks blob {} of {} numbers; allowed: one a channel", blob, channels));
        return std::move(layer.blobs[blob].values);
    }

    void join(ModelLayer& layer) {
        if (layer.blobs.empty()) fail(layer, "has no parameters; allowed: those of training");
        const int index = origin(layer);
        if (index < 0 || network_.layers[static_cast<std::size_t>(index)].weight.values.empty())
            fail(layer, "does not say which convolution it follows; allowed: a bottom that one makes");
        NetworkLayer& owner = network_.layers[static_cast<std::size_t>(index)];
        const int channels = owner.out.channels;
        if (!joined_.insert({index, layer.type}).second) fail(layer, "is the second of its kind there; allowed: one");
        if (layer.type == "Scale") {
            const std::vector<float> gamma = channel_values(layer, 0, channels);
            caffe::add_scale(
                owner, gamma,
                layer.blobs.size() > 1 ? channel_values(layer, 1, channels) : std::vector<float>(gamma.size(), 0.0F));
            return;
        }
        if (joined_.count({index, "Scale"}) != 0) fail(layer, "follows a Scale; allowed: a convolution");
        std::vector<float> mean = channel_values(layer, 0, channels);
        std::vector<float> variance = channel_values(layer, 1, channels);
        owner.batch_norm =
            caffe::batch_norm_of(std::move(mean), std::move(variance), channel_values(layer, 2, 1)[0], 0);
    }

    /// The predictors of a detector, by their usual names; or a classifier's last layer.
    void find_head() {
        Detector detector;
        for (std::size_t i = 0; i < network_.layers.size(); ++i) {
            const std::string& name = network_.layers[i].name;
            if (ends_with(name, "_mbox_loc")) detector.boxes.push_back(static_cast<int>(i));
            if (ends_with(name, "_mbox_conf")) detector.scores.push_back(static_cast<int>(i));
        }
        if (!detector.boxes.empty()) {
            network_.detector = std::move(detector);
        } else if (!network_.layers.empty()) {
            network_.output = static_cast<int>(network_.layers.size()) - 1;
            NetworkLayer& last = network_.layers.back();
            const bool after_pool = last.input >= 0 && network_.layers[static_cast<std::size_t>(last.input)].kind ==
                                                           LayerKind::average_pool;
            if (after_pool && last.kind == LayerKind::convolution && last.kernel == 1 && !last.batch_norm)
                last.kind = LayerKind::fully_connected;
        }
    }

    Model model_;
    Network network_;
    std::map<std::string, int> origins_;  // the layer that a blob comes from
    std::set<std::pair<int, std::string>> joined_;
};

/// Canonical names, where the file's layers are recognised; a predictor's after its source.
std::vector<std::string> canonical_names(const Network& network) {
    std::vector<std::string> names = name_layers(network).names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const NetworkLayer& layer = network.layers[i];
        if (!names[i].empty()) continue;
        const char* suffix = ends_with(layer.name, "_mbox_loc") ? "_mbox_loc" : "_mbox_conf";
        names[i] = layer.input < 0 ? layer.name : names[static_cast<std::size_t>(layer.input)] + suffix;
    }
    return names;
}

void add_tensors(NetworkLayer& layer, const std::string& name, bool connected, Weights& weights) {
    auto& tensors = weights.tensors;
    const int channels = layer.out.channels;
    const int inputs = static_cast<int>(layer.weight.values.size()) / channels;
    if (connected)
        layer.weight.shape = {channels, inputs};
    else if (layer.kind == LayerKind::fully_connected)
        layer.weight.shape = {channels, inputs / (layer.kernel * layer.kernel), layer.kernel, layer.kernel};
    tensors[name + ".weight"] = std::move(layer.weight);
    tensors[name + ".bias"] = std::move(layer.bias);
    if (!layer.batch_norm) return;
    tensors[name + ".batch_norm.mean"] = {{channels}, std::move(layer.batch_norm->mean)};
    tensors[name + ".batch_norm.variance"] = {{channels}, std::move(layer.batch_norm->variance)};
    tensors[name + ".batch_norm.gamma"] = {{channels}, std::move(layer.batch_norm->gamma)};
    tensors[name + ".batch_norm.beta"] = {{channels}, std::move(layer.batch_norm->beta)};
}

}  // namespace

Weights read_caffemodel_weights(std::string_view model, const std::string& file, const Description& description) {
    Network network = Assembler(caffe::parse_caffemodel(model, file)).assemble();
    std::set<std::string> own;
    for (const NetworkLayer& layer : network.layers) own.insert(layer.name);
    const std::map<std::string, bool> wanted = layers_of(description);
    const bool by_own_names =
        std::all_of(wanted.begin(), wanted.end(), [&](const auto& layer) { return own.count(layer.first) != 0; });
    const std::vector<std::string> names = by_own_names ? std::vector<std::string>() : canonical_names(network);
    Weights weights;
    weights.file = file;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        NetworkLayer& layer = network.layers[i];
        if (layer.weight.values.empty()) continue;
        const std::string& name = by_own_names ? layer.name : names[i];
        const auto place = wanted.find(name);
        add_tensors(layer, name, place != wanted.end() && place->second, weights);
    }
    return weights;
}

}  // namespace ssdgen
