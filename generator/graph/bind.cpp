#include "description/spelling.h"
#include "graph/build.h"
#include "graph/priors.h"
#include "graph/shapes.h"
#include "graph/taker.h"
#include "graph/tensors.h"
#include "graph/weight_layout.h"
#include "support/error.h"
#include "support/listing.h"
#include "weights/prior_table.h"
#include "weights/stored_tensors.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace ssdgen {

namespace {

constexpr float largest_prior_difference = 0.01F;  // a quantised table is off by 0.0033

/// The specs of a node's weight and bias; empty for a node without.
std::vector<TensorSpec> node_specs(const Graph& graph, const Node& node) {
    const NodeMaps maps = maps_of(graph, node);
    return std::visit([&](const auto& operation) { return specs_of(operation, node.name, maps); }, node.operation);
}

const std::vector<std::string> batch_norm_parts{"mean", "variance", "gamma", "beta"};

bool has_batch_norm(const std::string& layer, const Taker& taker) {
    return std::any_of(batch_norm_parts.begin(), batch_norm_parts.end(),
                       [&](const std::string& part) { return taker.has(layer + ".batch_norm." + part); });
}

/// All tensors that a node takes of this file: a batch norm whole or not at all, and beside it, since its beta is a
/// bias too, the bias only if it is there.
std::vector<TensorSpec> taken_specs(const Graph& graph, const Node& node, const Taker& taker) {
    std::vector<TensorSpec> specs = node_specs(graph, node);
    if (specs.empty() || std::holds_alternative<FullyConnected>(node.operation) || !has_batch_norm(node.name, taker))
        return specs;
    const std::vector<int> channels = specs[1].shape;
    if (!taker.has(specs[1].name)) specs.pop_back();
    for (const std::string& part : batch_norm_parts) specs.push_back({node.name + ".batch_norm." + part, channels, 0});
    return specs;
}

/// Batch norms need an epsilon, which no weights file states.
void check_epsilon(const Graph& graph, const Description& description, const Weights& weights, const Taker& taker) {
    if (description.batch_norm_epsilon) return;
    std::vector<std::string> layers;
    for (const Node& node : graph.nodes)
        if (!std::holds_alternative<FullyConnected>(node.operation) && has_batch_norm(node.name, taker))
            layers.push_back(node.name);
    if (layers.empty()) return;
    fail_input(at(description.file, "/batch_norm"),
               "missing, but {} has batch norm tensors of {}; allowed: \"batch_norm\": {{\"epsilon\": 1e-05}} beside "
               "\"input\", with the epsilon of the training (Caffe's usual one is 1e-05, TensorFlow's 0.001)",
               weights.file, some_of(layers));
}

bool has_node(const Graph& graph, const std::string& name) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& node) { return node.name == name; });
}

/// Everything that is missing, of another shape or not taken, told together.
void check_tensors(const Graph& graph, const Weights& weights, const Taker& taker) {
    std::vector<TensorSpec> wanted;
    for (const Node& node : graph.nodes)
        for (TensorSpec& spec : taken_specs(graph, node, taker)) wanted.push_back(std::move(spec));
    if (graph.head && graph.head->grids.empty()) wanted.push_back({"priors", {graph.head->priors, 4}, 0});
    std::set<std::string> taken;
    for (const TensorSpec& spec : wanted) taken.insert(spec.name);
    if (graph.head) taken.insert("priors");  // beside computed ones it is compared
    std::vector<std::string> unused;
    for (const auto& [name, tensor] : weights.tensors)
        if (taken.count(name) == 0) unused.push_back(name);
    std::vector<std::string> problems;
    for (const TensorSpec& spec : wanted) {
        if (!taker.has(spec.name)) {
            const std::string nearest = nearest_name(spec.name, unused);
            problems.push_back(fmt::format("{}: found none{}; allowed: {}", spec.name,
                                           nearest.empty() ? "" : fmt::format(", but \"{}\"", nearest),
                                           spell_shape(spec.shape)));
        } else if (taker.tensor(spec.name).shape != spec.shape) {
            problems.push_back(fmt::format("{}: found {}; allowed: {}", spec.name,
                                           spell_shape(taker.tensor(spec.name).shape), spell_shape(spec.shape)));
        }
    }
    for (const std::string& name : unused)
        problems.push_back(fmt::format("{}: found {}; allowed: no such tensor, no layer of {} takes it", name,
                                       spell_shape(taker.tensor(name).shape), graph.name));
    for (const auto& [layer, map] : weights.maps)
        if (!has_node(graph, layer))
            problems.push_back(fmt::format("{}: found {}; allowed: no such map, {} has no such layer",
                                           map_name(layer) + "_scale", spell_shape({1}), graph.name));
    if (problems.empty()) return;
    const std::string under = graph.alpha == 1 ? "" : fmt::format(" under alpha {}", graph.alpha);
    fail_together(weights.file, fmt::format("does not fit {}{} in {} tensors", graph.name, under, problems.size()),
                  problems);
}

std::optional<BatchNorm> take_batch_norm(const std::string& layer, int channels, const Description& description,
                                         const Taker& taker) {
    if (!has_batch_norm(layer, taker)) return std::nullopt;
    const std::string prefix = layer + ".batch_norm.";
    BatchNorm norm;
    norm.epsilon = *description.batch_norm_epsilon;
    norm.mean = taker.take(prefix + "mean", {channels}).values();
    norm.variance = taker.take(prefix + "variance", {channels}).values();
    norm.gamma = taker.take(prefix + "gamma", {channels}).values();
    norm.beta = taker.take(prefix + "beta", {channels}).values();
    for (std::size_t i = 0; i < norm.variance.size(); ++i)
        if (norm.variance[i] < 0 || norm.variance[i] + norm.epsilon <= 0)
            fail_input(taker.where(prefix + "variance"),
                       "found {} at position {}; allowed: 0 or more, with epsilon above 0", norm.variance[i], i);
    return norm;
}

/// With a batch norm, whose beta is a bias too, the bias itself may be missing.
WeightTensor take_bias(const std::string& name, int channels, bool optional, const Taker& taker) {
    if (optional && !taker.has(name)) return {{channels}, std::vector<float>(static_cast<std::size_t>(channels), 0.0F)};
    return taker.take(name, {channels});
}

void bind_node(const Graph& graph, Node& node, const Description& description, const Taker& taker) {
    const std::vector<TensorSpec> specs = node_specs(graph, node);
    if (specs.empty()) return;
    const int outputs = specs[1].shape[0];
    const bool may_have_norm = !std::holds_alternative<FullyConnected>(node.operation);
    std::optional<BatchNorm> norm =
        may_have_norm ? take_batch_norm(node.name, outputs, description, taker) : std::nullopt;
    WeightTensor bias = take_bias(specs[1].name, outputs, norm.has_value(), taker);
    const NodeMaps maps = maps_of(graph, node);
    const LayerParameters parameters{taker.take(specs[0].name, specs[0].shape), std::move(bias), std::move(norm), maps};
    std::visit([&](auto& operation) { bind(operation, parameters); }, node.operation);
}

/// A file's table beside computed priors: of another count it belongs to another input size; else both have to agree.
void compare_priors(const Head& head, const Taker& taker) {
    const WeightTensor& found = taker.tensor("priors");
    if (found.shape.size() != 2 || found.shape[1] != 4)
        fail_input(taker.where("priors"), "found {}; allowed: [{},4]", spell_shape(found.shape), head.priors);
    const std::vector<float> table = taker.take("priors", found.shape).values();
    if (found.shape[0] != head.priors) return;
    for (int row = 0; row < head.priors; ++row) {
        const std::array<float, 4> box = prior_box(head, row);
        const float* stated = table.data() + static_cast<std::ptrdiff_t>(row) * 4;
        for (std::size_t i = 0; i < 4; ++i)
            if (!(std::abs(stated[i] - box[i]) <= largest_prior_difference))
                fail_input(taker.where("priors"),
                           "found {} in row {}; allowed: {} within {}, as the description computes it",
                           fmt::join(stated, stated + 4, " "), row, fmt::join(box, " "), largest_prior_difference);
    }
}

/// How the outputs of a predictor are numbered; "" for another layer.
std::string output_words(const Graph& graph, const Node& node) {
    if (!graph.head) return "";
    const auto makes = [&](TensorId output) { return node.outputs[0] == output; };
    for (const HeadSource& source : graph.head->sources) {
        if (makes(source.logits)) return fmt::format(", out = box * {} + class", graph.head->classes);
        if (makes(source.boxes))
            return fmt::format(", out = box * 4 + ({})",
                               fmt::join(std::string_view(spell(graph.head->box_code.order)), ", "));
    }
    return "";
}

void describe_node(const Graph& graph, const Node& node, bool batch_norm, std::vector<TensorFacts>& facts) {
    const std::vector<TensorSpec> specs = node_specs(graph, node);
    if (specs.empty()) return;
    const bool depthwise = std::holds_alternative<Depthwise>(node.operation);
    const std::string one = (depthwise ? "[channel]" : "[out]") + output_words(graph, node);
    facts.push_back({specs[0].name, specs[0].shape,
                     std::visit([](const auto& operation) { return weight_words(operation); }, node.operation) +
                         output_words(graph, node),
                     false});
    facts.push_back({specs[1].name, specs[1].shape, one, false});
    if (!batch_norm || std::holds_alternative<FullyConnected>(node.operation)) return;
    for (const std::string& part : batch_norm_parts)
        facts.push_back({node.name + ".batch_norm." + part, specs[1].shape, one, true});
}

void bind_priors(Head& head, const Taker& taker) {
    if (head.grids.empty()) {
        head.prior_table = taker.take("priors", {head.priors, 4}).values();
        check_prior_table(taker.where("priors"), head.prior_table);
    } else if (taker.has("priors")) {
        compare_priors(head, taker);
    }
}

/// A file knows a map by the layer that makes it; "input" is the Normalise, whose map is the picture as the first layer
/// takes it.
void bind_maps(Graph& graph, const Weights& weights) {
    for (const Node& node : graph.nodes) {
        const auto found = weights.maps.find(node.name);
        if (found == weights.maps.end()) continue;
        Tensor& map = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
        map.element = found->second.element;
        map.quantization = found->second.quantization;
    }
}

}  // namespace

std::vector<TensorSpec> expected_tensors(const Graph& graph) {
    std::vector<TensorSpec> specs;
    for (const Node& node : graph.nodes)
        for (TensorSpec& spec : node_specs(graph, node)) specs.push_back(std::move(spec));
    if (graph.head && graph.head->grids.empty()) specs.push_back({"priors", {graph.head->priors, 4}, 0});
    return specs;
}

std::vector<TensorFacts> describe_tensors(const Graph& graph, const Description& description) {
    std::vector<TensorFacts> facts;
    for (const Node& node : graph.nodes) describe_node(graph, node, description.batch_norm_epsilon.has_value(), facts);
    if (graph.head)
        facts.push_back({"priors",
                         {graph.head->priors, 4},
                         "[prior][centre y, centre x, height, width], relative to the picture",
                         !graph.head->grids.empty()});
    return facts;
}

void bind_weights(Graph& graph, const Description& description, const Weights& weights) {
    const Taker taker(weights);
    check_epsilon(graph, description, weights, taker);
    check_tensors(graph, weights, taker);
    for (Node& node : graph.nodes) bind_node(graph, node, description, taker);
    if (graph.head) bind_priors(*graph.head, taker);
    if (graph.head) graph.head->stored = weights.head;
    bind_maps(graph, weights);
    graph.stated_requantization = weights.requantization;
    check_graph(graph);
}

}  // namespace ssdgen
