#include "graph/build.h"

#include "description/layer_keys.h"
#include "description/limits.h"
#include "description/spelling.h"
#include "graph/heads.h"
#include "graph/layers.h"
#include "graph/shapes.h"
#include "support/error.h"

#include <algorithm>
#include <map>

namespace ssdgen {

namespace {

/// An option of the command line goes before what the description says.
std::string place_of(const std::optional<double>& option, const char* name, const std::string& file) {
    return option ? fmt::format("--{}", name) : at(file, fmt::format("/{}", name));
}

double resolve(const std::optional<double>& option, double described, const char* name, const std::string& file) {
    const double value = option.value_or(described);
    const std::string where = place_of(option, name, file);
    if (!(value > 0 && value <= 1)) fail_input(where, "found {}; allowed: above 0 and at most 1", value);
    return value;
}

bool has_own_channels(const LayerDescription& layer) { return presence("channels", layer.kind) == Presence::required; }

/// Adds the layers of a description, section by section; remembers which tensor each made.
class Builder {
  public:
    Builder(const Description& description, double alpha, double rho) : description_(description) {
        graph_.name = description.name;
        graph_.file = description.file;
        graph_.alpha = alpha;
        graph_.rho = rho;
        graph_.order = description.input.order;
        graph_.resize = description.input.resize;
    }

    Graph build() {
        add_input();
        for (const auto& section : sections) add_section(section.value);
        check_sources();
        return std::move(graph_);
    }

  private:
    void add_input() {
        const InputDescription& input = description_.input;
        for (const int side : {input.height, input.width})
            if (side < 1 || side > limits::graph_side)
                fail_input(at(graph_.file, "/input"), "found {}x{}; allowed: sides of 1 to {}", input.height,
                           input.width, limits::graph_side);
        const int height = scaled_side(input.height, graph_.rho);
        const int width = scaled_side(input.width, graph_.rho);
        if (height < 1 || width < 1)
            fail_input(at(graph_.file, "/input"), "found {}x{}, which rho {} makes {}x{}; allowed: at least 1x1",
                       input.height, input.width, graph_.rho, height, width);
        last_ = add_picture(graph_, input, height, width);
    }

    void add_section(Section section) {
        const auto& scaled = description_.alpha_scales;
        const bool scales = std::find(scaled.begin(), scaled.end(), section) != scaled.end();
        for (const LayerDescription& layer : layers_of(description_, section)) {
            if (!made_.emplace(layer.name, -1).second || layer.name == "input" || layer.name == "input/normalised")
                fail_input(at(graph_.file, layer.pointer + "/name"), "found \"{}\" again; allowed: a name of its own",
                           layer.name);
            last_ = add_layer(graph_, layer, inputs_of(layer), channels_of(layer, scales));
            made_[layer.name] = last_;
            if (description_.head) add_sources_on(layer.name);
        }
    }

    std::vector<TensorId> inputs_of(const LayerDescription& layer) const {
        if (layer.inputs.empty()) return {last_};
        std::vector<TensorId> inputs;
        for (const std::string& name : layer.inputs) {
            const auto place = made_.find(name);
            if (place == made_.end() || place->second < 0)
                fail_input(at(graph_.file, input_pointer(layer, inputs.size())),
                           "found \"{}\", which names no layer before this one; allowed: the name of an earlier layer",
                           name);
            inputs.push_back(place->second);
        }
        return inputs;
    }

    int channels_of(const LayerDescription& layer, bool scales) const {
        const std::string where = at(graph_.file, layer.pointer + "/channels");
        if (!has_own_channels(layer)) {
            if (layer.channels != 0)
                fail_input(where, "found {}; allowed: none, {} keeps those of its input", layer.channels, layer.name);
            return 0;
        }
        if (layer.channels < 1 || layer.channels > limits::graph_channels)
            fail_input(where, "found {}; allowed: 1 to {}", layer.channels, limits::graph_channels);
        const int channels =
            scales ? scaled_channels(layer.channels, graph_.alpha, description_.channel_rounding) : layer.channels;
        if (channels < 1)
            fail_input(where, "found {}, which alpha {} makes 0 for {}; allowed: at least 1 channel", layer.channels,
                       graph_.alpha, layer.name);
        return channels;
    }

    /// A source's convolutions stand right after it, so that its map is needed no longer than without them.
    void add_sources_on(const std::string& layer) {
        for (const SourceDescription& source : description_.head->sources) {
            if (source.layer != layer) continue;
            for (const char* suffix : {"_mbox_loc", "_mbox_conf", "_mbox"})
                if (!made_.emplace(layer + suffix, -1).second)
                    fail_input(at(graph_.file, source.pointer + "/layer"),
                               "found \"{}\", whose {}{} exists already; allowed: each layer once", layer, layer,
                               suffix);
            add_source(graph_, description_, source, last_);
        }
    }

    void check_sources() const {
        if (!description_.head) return;
        for (const SourceDescription& source : description_.head->sources)
            if (made_.count(source.layer) == 0)
                fail_input(at(graph_.file, source.pointer + "/layer"),
                           "found \"{}\", which names no layer; allowed: the name of a layer of backbone or extras",
                           source.layer);
    }

    const Description& description_;
    Graph graph_;
    std::map<std::string, TensorId> made_;  // -1: a name that no layer may take as its input
    TensorId last_ = 0;
};

/// The output of a classifier: its last tensor, or what its softmax takes.
void add_classifier(Graph& graph, const Description& description) {
    check(graph.nodes.size() > 1, "a network has layers");
    const Node& last = graph.nodes.back();
    const bool softmax = std::holds_alternative<Softmax>(last.operation);
    graph.logits = softmax ? last.inputs[0] : last.outputs[0];
    graph.scores = softmax ? ScoreConversion::softmax : description.scores;
}

/// Every layer leads to an output, and softmax ends a classifier.
void check_used(const Graph& graph) {
    std::vector<bool> used(graph.tensors.size(), false);
    for (const Node& node : graph.nodes)
        for (const TensorId input : node.inputs) used[static_cast<std::size_t>(input)] = true;
    if (graph.head)
        for (const HeadSource& source : graph.head->sources)
            used[static_cast<std::size_t>(source.boxes)] = used[static_cast<std::size_t>(source.logits)] = true;
    else
        used[static_cast<std::size_t>(graph.nodes.back().outputs[0])] = true;
    for (const Node& node : graph.nodes) {
        const bool ends_classifier = !graph.head && &node == &graph.nodes.back();
        if (std::holds_alternative<Softmax>(node.operation) && (!ends_classifier || graph.nodes.size() == 2))
            fail_input(at(graph.file, node.pointer), "found a softmax, {}; allowed: as the last layer of a classifier",
                       node.name);
        if (!used[static_cast<std::size_t>(node.outputs[0])])
            fail_input(at(graph.file, node.pointer),
                       "found {}, whose output nothing takes; allowed: layers that lead to an output", node.name);
    }
}

bool needs_full_maps(const Description& description, double rho) {
    const HeadDescription& head = *description.head;
    const auto has_step = [](const SourceDescription& source) { return source.step.height != 0; };
    return rho < 1 && head.priors.convention == PriorConvention::caffe &&
           head.priors.follow_rho == PriorsFollowRho::relative &&
           std::any_of(head.sources.begin(), head.sources.end(), has_step);
}

}  // namespace

void check_alpha(const Description& description, double alpha, const std::string& where) {
    if (alpha == 1) return;
    const auto has_channels = [&](Section section) {
        const auto& layers = layers_of(description, section);
        return std::any_of(layers.begin(), layers.end(), has_own_channels);
    };
    const auto& scaled = description.alpha_scales;
    if (std::any_of(scaled.begin(), scaled.end(), has_channels)) return;
    fail_input(
        where,
        "found {}, which scales nothing: {} names no section that has layers with channels; allowed: 1, or such a "
        "section there, as in \"scales\": [\"backbone\"]",
        alpha, at(description.file, "/width_multiplier/scales"));
}

Graph build_graph(const Description& description, const Multipliers& multipliers) {
    const double alpha = resolve(multipliers.alpha, description.alpha, "alpha", description.file);
    check_alpha(description, alpha, place_of(multipliers.alpha, "alpha", description.file));
    const double rho = resolve(multipliers.rho, description.rho, "rho", description.file);
    Graph graph = Builder(description, alpha, rho).build();
    if (description.head) {
        const bool full = needs_full_maps(description, rho);
        add_head(
            graph, description,
            full ? source_maps(Builder(description, alpha, 1).build(), description) : source_maps(graph, description));
    } else {
        add_classifier(graph, description);
    }
    check_used(graph);
    check_graph(graph);
    return graph;
}

}  // namespace ssdgen
