// The parameters of a .caffemodel alone, for a description that exists.

#include "description/layer_kinds.h"
#include "import/caffe/files.h"
#include "import/caffe/import.h"
#include "import/naming.h"
#include "import/scale.h"
#include "import/shown.h"
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

/// Of a layer of the outline. A depthwise convolution is told from others by its weights.
LayerKind kind_of(const ModelLayer& layer) {
    if (layer.type == "InnerProduct") return LayerKind::fully_connected;
    if (layer.type == "Eltwise") return LayerKind::add;
    if (layer.type == "Concat") return LayerKind::concat;
    if (layer.type != "Pooling") return LayerKind::convolution;
    return layer.pool == caffe::PoolingParameter::MAX ? LayerKind::max_pool : LayerKind::average_pool;
}

/// Whether every layer of that type is one of the outline.
bool is_layer(const std::string& type) {
    return is_convolution(type) || type == "InnerProduct" || type == "Pooling" || type == "Eltwise";
}

bool ends_with(const std::string& text, const std::string& end) {
    return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The layers that a description takes parameters for; true: fully connected.
std::map<std::string, bool> layers_of(const Description& description) {
    std::map<std::string, bool> layers;
    for (const auto* section : {&description.backbone, &description.extras, &description.classifier})
        for (const LayerDescription& layer : *section)
            if (has_weights(layer.kind)) layers[layer.name] = layer.kind == LayerKind::fully_connected;
    if (description.head)
        for (const SourceDescription& source : description.head->sources)
            layers[source.layer + "_mbox_loc"] = layers[source.layer + "_mbox_conf"] = false;
    return layers;
}

/// A layer's parameters, in the neutral layout.
struct Parameters {
    int channels = 0;  // of its output
    WeightTensor weight;
    std::vector<float> bias;
    std::optional<BatchNorm> batch_norm;
};

/// A .caffemodel by itself: it states neither sizes of maps nor strides, so that it is no graph.
struct Assembled {
    Outline outline;
    std::vector<Parameters> parameters;  // one a layer; none of a layer without weights
};

/// Puts a .caffemodel's layers together as far as its own words about bottoms and tops go: enough to join batch norms
/// to their convolutions and to recognise a MobileNet.
class Assembler {
  public:
    explicit Assembler(Model model) : model_(std::move(model)) {}

    Assembled assemble() {
        find_trunk();
        for (std::size_t place = 0; place < model_.layers.size(); ++place) add(place);
        find_head();
        return std::move(network_);
    }

  private:
    [[noreturn]] void fail(const ModelLayer& layer, const std::string& problem) const {
        fail_input(fmt::format("{}: layer '{}' ({})", model_.file, shown(layer.name), shown(layer.type)), "{}",
                   problem);
    }

    /// The blobs that lead to layers of the outline. A Concat that makes none of them is a head's.
    void find_trunk() {
        std::set<std::string> blobs;
        for (std::size_t i = model_.layers.size(); i-- > 0;) {
            const ModelLayer& layer = model_.layers[i];
            const auto is_wanted = [&](const std::string& top) { return blobs.count(top) != 0; };
            const bool leads = std::any_of(layer.tops.begin(), layer.tops.end(), is_wanted);
            if (layer.type == "Concat" && leads) trunk_concats_.insert(i);
            if (leads || is_layer(layer.type)) blobs.insert(layer.bottoms.begin(), layer.bottoms.end());
        }
    }

    int origin(const std::string& blob) const {
        const auto found = origins_.find(blob);
        return found == origins_.end() ? -1 : found->second;
    }
    int origin(const ModelLayer& layer) const { return layer.bottoms.empty() ? -1 : origin(layer.bottoms[0]); }

    /// Of what a layer takes: of a Concat's maps together, of others' the first.
    int channels_before(const ModelLayer& layer) const {
        int channels = 0;
        for (const std::string& blob : layer.bottoms) {
            const int before = origin(blob);
            if (before >= 0) channels += network_.parameters[static_cast<std::size_t>(before)].channels;
            if (layer.type != "Concat") break;
        }
        return channels;
    }

    void add(std::size_t place) {
        ModelLayer& layer = model_.layers[place];
        int origin_of_tops = origin(layer);
        if (is_layer(layer.type) || trunk_concats_.count(place) != 0) {
            add_layer(layer);
            origin_of_tops = static_cast<int>(layers().size()) - 1;
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
        LayerOutline built;
        Parameters parameters;
        built.name = layer.name;
        built.input = origin(layer);
        built.kind = kind_of(layer);
        const int before = channels_before(layer);
        if (!has_weights(built.kind))
            parameters.channels = before;
        else
            parameters = take_parameters(layer, before, built);
        layers().push_back(std::move(built));
        network_.parameters.push_back(std::move(parameters));
    }

    Parameters take_parameters(ModelLayer& layer, int channels_before, LayerOutline& built) const {
        if (layer.blobs.empty() || layer.blobs.size() > 2) fail(layer, "has no weights; allowed: weights, and a bias");
        const std::vector<int>& shape = layer.blobs[0].shape;
        const bool connected = built.kind == LayerKind::fully_connected;
        if (connected ? shape.size() < 2 : shape.size() != 4)
            fail(layer, fmt::format("has weights of {} axes; allowed: {}", shape.size(), connected ? 2 : 4));
        // The old form of a shape has two axes of length 1 before an InnerProduct's own.
        Parameters taken;
        taken.channels = connected ? shape[shape.size() - 2] : shape[0];
        if (!connected) built.kernel = {shape[2], shape[3]};
        if (!connected && shape[1] == 1 && channels_before == shape[0] && channels_before > 1)
            built.kind = LayerKind::depthwise;
        taken.weight = std::move(layer.blobs[0]);
        taken.bias.assign(static_cast<std::size_t>(taken.channels), 0.0F);
        if (layer.blobs.size() == 2) taken.bias = channel_values(layer, 1, taken.channels);
        return taken;
    }

    std::vector<float> channel_values(ModelLayer& layer, std::size_t blob, int channels) const {
        if (blob >= layer.blobs.size() || layer.blobs[blob].size() != static_cast<std::size_t>(channels))
            fail(layer, fmt::format("lacks blob {} of {} numbers; allowed: one a channel", blob, channels));
        return std::move(layer.blobs[blob].floats());
    }

    void join(ModelLayer& layer) {
        if (layer.blobs.empty()) fail(layer, "has no parameters; allowed: those of training");
        const int index = origin(layer);
        if (index < 0 || network_.parameters[static_cast<std::size_t>(index)].weight.empty())
            fail(layer, "does not say which convolution it follows; allowed: a bottom that one makes");
        Parameters& owner = network_.parameters[static_cast<std::size_t>(index)];
        const int channels = owner.channels;
        if (!joined_.insert({index, layer.type}).second) fail(layer, "is the second of its kind there; allowed: one");
        if (layer.type == "Scale") {
            const std::vector<float> gamma = channel_values(layer, 0, channels);
            join_scale(
                {owner.weight.floats(), owner.bias, &owner.batch_norm, false}, gamma,
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
        Outline& outline = network_.outline;
        bool has_boxes = false;
        std::vector<int> predictors;
        for (std::size_t i = 0; i < layers().size(); ++i) {
            const bool boxes = ends_with(layers()[i].name, "_mbox_loc");
            has_boxes = has_boxes || boxes;
            if (boxes || ends_with(layers()[i].name, "_mbox_conf")) predictors.push_back(static_cast<int>(i));
        }
        if (has_boxes) {
            outline.is_detector = true;
            outline.predictors = std::move(predictors);
        } else if (!layers().empty()) {
            outline.output = static_cast<int>(layers().size()) - 1;
            LayerOutline& last = layers().back();
            const bool after_pool = last.input >= 0 && is_pool(layers()[static_cast<std::size_t>(last.input)].kind);
            if (after_pool && last.kind == LayerKind::convolution && last.kernel == 1 &&
                !network_.parameters.back().batch_norm)
                last.kind = LayerKind::fully_connected;
        }
    }

    std::vector<LayerOutline>& layers() { return network_.outline.layers; }

    Model model_;
    Assembled network_;
    std::map<std::string, int> origins_;  // the layer that a blob comes from
    std::set<std::pair<int, std::string>> joined_;
    std::set<std::size_t> trunk_concats_;  // places in the model
};

/// Canonical names, where the file's layers are recognised; a predictor's after its source.
std::vector<std::string> canonical_names(const Outline& outline) {
    std::vector<std::string> names = name_layers(outline).names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const LayerOutline& layer = outline.layers[i];
        if (!names[i].empty()) continue;
        const char* suffix = ends_with(layer.name, "_mbox_loc") ? "_mbox_loc" : "_mbox_conf";
        names[i] = layer.input < 0 ? layer.name : names[static_cast<std::size_t>(layer.input)] + suffix;
    }
    return names;
}

void add_tensors(Parameters& taken, const LayerOutline& layer, const std::string& name, bool connected,
                 Weights& weights) {
    auto& tensors = weights.tensors;
    const int channels = taken.channels;
    const int inputs = static_cast<int>(taken.weight.size()) / channels;
    if (connected)
        taken.weight.shape = {channels, inputs};
    else if (layer.kind == LayerKind::fully_connected)
        taken.weight.shape = {channels, inputs / (layer.kernel.rows * layer.kernel.columns), layer.kernel.rows,
                              layer.kernel.columns};
    tensors[name + ".weight"] = std::move(taken.weight);
    tensors[name + ".bias"] = {{channels}, std::move(taken.bias)};
    if (!taken.batch_norm) return;
    tensors[name + ".batch_norm.mean"] = {{channels}, std::move(taken.batch_norm->mean)};
    tensors[name + ".batch_norm.variance"] = {{channels}, std::move(taken.batch_norm->variance)};
    tensors[name + ".batch_norm.gamma"] = {{channels}, std::move(taken.batch_norm->gamma)};
    tensors[name + ".batch_norm.beta"] = {{channels}, std::move(taken.batch_norm->beta)};
}

}  // namespace

Weights read_caffemodel_weights(std::string_view model, const std::string& file, const Description& description) {
    Assembled network = Assembler(caffe::parse_caffemodel(model, file)).assemble();
    const std::vector<LayerOutline>& layers = network.outline.layers;
    std::set<std::string> own;
    for (const LayerOutline& layer : layers) own.insert(layer.name);
    const std::map<std::string, bool> wanted = layers_of(description);
    const bool by_own_names =
        std::all_of(wanted.begin(), wanted.end(), [&](const auto& layer) { return own.count(layer.first) != 0; });
    const std::vector<std::string> names = by_own_names ? std::vector<std::string>() : canonical_names(network.outline);
    Weights weights;
    weights.file = file;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        Parameters& taken = network.parameters[i];
        if (taken.weight.empty()) continue;
        const std::string& name = by_own_names ? layers[i].name : names[i];
        const auto place = wanted.find(name);
        add_tensors(taken, layers[i], name, place != wanted.end() && place->second, weights);
    }
    return weights;
}

}  // namespace ssdgen
