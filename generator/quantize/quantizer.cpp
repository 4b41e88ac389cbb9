#include "quantize/quantizer.h"

#include "graph/shapes.h"
#include "graph/weight_layout.h"
#include "quantize/layers.h"
#include "quantize/picture_map.h"
#include "quantize/ranges.h"
#include "quantize/weight_numbers.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace ssdgen {

namespace {

/// Maps that share a scale: the number of the group that each tensor is in.
class Groups {
  public:
    explicit Groups(std::size_t tensors) : parents_(tensors) {
        std::iota(parents_.begin(), parents_.end(), std::size_t{0});
    }

    std::size_t of(TensorId tensor) {
        auto at = static_cast<std::size_t>(tensor);
        while (parents_[at] != at) at = parents_[at] = parents_[parents_[at]];
        return at;
    }
    void join(TensorId a, TensorId b) { parents_[of(a)] = of(b); }

  private:
    std::vector<std::size_t> parents_;
};

constexpr float least_value = 1e-30F;  // a map whose values are smaller says nothing

/// s8 numbers of a range that holds 0, which is stored exactly.
Quantization quantization_of(const ValueRange& range) {
    const double scale = static_cast<double>(static_cast<float>((range.high - range.low) / 255));
    const double zero_point = std::clamp(std::round(-128 - range.low / scale), -128.0, 127.0);
    return {{static_cast<float>(scale)}, {static_cast<std::int32_t>(zero_point)}, -1};
}

class Quantizer {
  public:
    Quantizer(const Graph& graph, const PictureStatistics& calibration, const QuantizeOptions& options,
              const std::set<std::string>& kept_float)
        : graph_(graph), calibration_(calibration), options_(options), groups_(graph.tensors.size()) {
        for (const Node& node : graph.nodes) is_float_.push_back(kept_float.count(node.name) != 0);
    }

    Graph run() {
        settle_layers_without_weights();
        choose_stored();
        join_groups();
        quantize_picture();
        quantize_maps();
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            if (!is_float_[i] && weights_of(graph_.nodes[i]) != nullptr) quantize_layer(graph_.nodes[i]);
        store_head();
        return std::move(graph_);
    }

  private:
    std::size_t maker_of(TensorId tensor) const {
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
            if (graph_.nodes[i].outputs[0] == tensor) return i;
        throw InternalError("internal error: broken invariant: a node makes a map");
    }

    /// The picture's Normalise is of whole numbers unless all that read it are kept in float.
    void settle_layers_without_weights() {
        for (std::size_t i = 1; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            if (weights_of(node) != nullptr) continue;
            is_float_[i] = std::all_of(node.inputs.begin(), node.inputs.end(), [&](TensorId input) {
                const std::size_t maker = maker_of(input);
                return maker != 0 && is_float_[maker];
            });
        }
        const std::vector<std::size_t> readers = readers_of(graph_, graph_.nodes[0].outputs[0]);
        is_float_[0] =
            std::all_of(readers.begin(), readers.end(), [&](std::size_t reader) { return is_float_[reader]; });
    }

    /// Boxes or logits of all sources.
    std::vector<TensorId> predictors(TensorId HeadSource::*kind) const {
        std::vector<TensorId> tensors;
        if (graph_.head)
            for (const HeadSource& source : graph_.head->sources) tensors.push_back(source.*kind);
        return tensors;
    }

    void choose_stored() {
        stored_.assign(graph_.tensors.size(), false);
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            if (is_float_[i]) continue;
            const Node& node = graph_.nodes[i];
            stored_[static_cast<std::size_t>(node.outputs[0])] = true;
            if (i == 0) continue;
            for (const TensorId input : node.inputs) stored_[static_cast<std::size_t>(input)] = true;
        }
        for (const auto kind : {&HeadSource::boxes, &HeadSource::logits}) {
            const std::vector<TensorId> tensors = predictors(kind);
            const bool any = std::any_of(tensors.begin(), tensors.end(), [&](TensorId id) { return is_stored(id); });
            for (const TensorId id : tensors) stored_[static_cast<std::size_t>(id)] = any;
        }
    }

    bool is_stored(TensorId tensor) const { return stored_[static_cast<std::size_t>(tensor)]; }

    void join_groups() {
        for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            const bool keeps = std::holds_alternative<Concat>(node.operation) ||
                               std::holds_alternative<AveragePool>(node.operation) ||
                               std::holds_alternative<MaxPool>(node.operation);
            if (!keeps || is_float_[i]) continue;
            for (const TensorId input : node.inputs) groups_.join(input, node.outputs[0]);
        }
        for (const auto kind : {&HeadSource::boxes, &HeadSource::logits}) {
            const std::vector<TensorId> tensors = predictors(kind);
            for (const TensorId tensor : tensors) groups_.join(tensor, tensors[0]);
        }
    }

    void quantize_picture() {
        if (!is_stored(graph_.nodes[0].outputs[0])) return;
        const TensorId picture = graph_.nodes[0].outputs[0];
        set(picture, store_picture(graph_));
        picture_group_ = groups_.of(picture);
    }

    void set(TensorId id, Quantization quantization) {
        Tensor& map = graph_.tensors[static_cast<std::size_t>(id)];
        map.element = Element::s8;
        map.quantization = std::move(quantization);
    }

    void quantize_maps() {
        std::map<std::size_t, Histogram> values;
        std::map<std::size_t, bool> whole;
        for (std::size_t i = 1; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            const TensorId id = node.outputs[0];
            if (!is_stored(id) || std::holds_alternative<Softmax>(node.operation)) continue;
            const std::size_t group = groups_.of(id);
            const Histogram& own = calibration_.maps[static_cast<std::size_t>(id)];
            if (std::max(-own.lowest(), own.highest()) < least_value)
                fail_input(at(graph_.file, node.pointer),
                           "{} makes nothing but 0 of the pictures; allowed: a layer whose outputs vary, of weights "
                           "that are trained",
                           node.name);
            values[group].add(own);
            whole[group] = whole[group] || leaves_network(graph_, id);
        }
        for (std::size_t i = 1; i < graph_.nodes.size(); ++i) {
            const Node& node = graph_.nodes[i];
            const TensorId id = node.outputs[0];
            if (!is_stored(id)) continue;
            if (std::holds_alternative<Softmax>(node.operation)) {
                set(id, {{1.0F / 256}, {-128}, -1});
                continue;
            }
            const std::size_t group = groups_.of(id);
            if (picture_group_ && group == *picture_group_) {  // a pool of the picture
                set(id, *graph_.tensors[static_cast<std::size_t>(graph_.nodes[0].outputs[0])].quantization);
                continue;
            }
            set(id, quantization_of(range_of(values[group], group, whole[group])));
        }
    }

    /// leaves: the network gives such a map away.
    ValueRange range_of(const Histogram& values, std::size_t group, bool leaves) {
        if (!leaves) return choose_range(values, options_.method, options_.percentile);
        ValueRange whole = choose_range(values, RangeMethod::minmax, options_.percentile);
        if (!graph_.head || calibration_.head.empty) return whole;
        const bool boxes = groups_.of(graph_.head->sources[0].boxes) == group;
        const ValueRange& known = boxes ? calibration_.head.boxes : calibration_.head.logits;
        return {std::max(whole.low, std::min(known.low, 0.0)), std::min(whole.high, std::max(known.high, 0.0))};
    }

    void quantize_layer(Node& node) {
        const Tensor& input = graph_.tensors[static_cast<std::size_t>(node.inputs[0])];
        const bool one_scale = options_.per_tensor || std::holds_alternative<FullyConnected>(node.operation);
        const WeightPlaces places(graph_, node);
        const WeightNumbers numbers =
            make_weight_numbers(*weights_of(node), *bias_of(node), places, input.quantization->scale[0], one_scale);
        check_sums(node, numbers, places);
        const bool depthwise = std::holds_alternative<Depthwise>(node.operation);
        const int axis = one_scale ? -1 : depthwise ? 2 : 0;
        *weights_of(node) = numbers.weights(weights_of(node)->shape, axis);
        *bias_of(node) = numbers.biases(input.quantization->scale[0], one_scale ? -1 : 0);
    }

    /// The largest sum that any picture can make has to fit.
    void check_sums(const Node& node, const WeightNumbers& numbers, const WeightPlaces& places) const {
        std::vector<std::int64_t> largest(places.outputs(), 0);
        for (std::size_t i = 0; i < numbers.weight.size(); ++i)
            largest[places(i).output] += 255 * std::abs(std::int64_t{numbers.weight[i]});
        for (std::size_t c = 0; c < largest.size(); ++c)
            if (largest[c] + std::abs(std::int64_t{numbers.bias[c]}) > std::int64_t{0x7FFFFFFF})
                fail_input(at(graph_.file, node.pointer),
                           "the sums of {} can reach {}; allowed: up to 2147483647, which 32 bits hold, or --float {}",
                           node.name, largest[c] + std::abs(std::int64_t{numbers.bias[c]}), node.name);
    }

    void store_head() {
        if (!graph_.head) return;
        const auto stored = [&](TensorId HeadSource::*kind) -> std::optional<StoredMap> {
            const Tensor& first = graph_.tensors[static_cast<std::size_t>(predictors(kind)[0])];
            if (!first.quantization) return std::nullopt;
            return StoredMap{first.element, *first.quantization};
        };
        graph_.head->stored = {stored(&HeadSource::boxes), stored(&HeadSource::logits), std::nullopt};
    }

    Graph graph_;
    const PictureStatistics& calibration_;
    const QuantizeOptions& options_;
    std::vector<bool> is_float_;  // by node
    std::vector<bool> stored_;    // by tensor: in 8 bits
    Groups groups_;
    std::optional<std::size_t> picture_group_;
};

}  // namespace

std::vector<std::string> layers_with_weights(const Graph& graph) {
    std::vector<std::string> names;
    for (const Node& node : graph.nodes)
        if (weights_of(node) != nullptr) names.push_back(node.name);
    return names;
}

Graph quantize_graph(const Graph& graph, const PictureStatistics& calibration, const QuantizeOptions& options,
                     const std::set<std::string>& kept_float) {
    return Quantizer(graph, calibration, options, kept_float).run();
}

Weights weights_of_graph(const Graph& graph, const Weights& original) {
    Weights weights;
    for (const Node& node : graph.nodes) {
        const auto keep = [&](const WeightTensor& neutral, const WeightTensor& bias) {
            weights.tensors[node.name + ".weight"] = neutral;
            weights.tensors[node.name + ".bias"] = bias;
        };
        if (const auto* layer = std::get_if<Convolution>(&node.operation))
            keep(neutral_convolution_weights(layer->weights), layer->bias);
        if (const auto* layer = std::get_if<Depthwise>(&node.operation))
            keep(neutral_depthwise_weights(layer->weights), layer->bias);
        if (const auto* layer = std::get_if<FullyConnected>(&node.operation))
            keep(neutral_fully_connected_weights(layer->weights), layer->bias);
        const Tensor& map = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
        if (map.quantization) weights.maps[node.name] = {map.element, *map.quantization};
    }
    if (graph.head) weights.head = graph.head->stored;
    const auto priors = original.tensors.find("priors");
    if (priors != original.tensors.end()) weights.tensors.insert(*priors);
    weights.requantization = Requantization::float_product;
    return weights;
}

}  // namespace ssdgen
