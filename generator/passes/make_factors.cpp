#include "passes/make_factors.h"

#include "graph/shapes.h"
#include "support/error.h"
#include "support/listing.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace ssdgen {

namespace {

bool is_quantized_map(const Graph& graph, TensorId id) {
    const Tensor& map = graph.tensors[static_cast<std::size_t>(id)];
    return id == graph.input || map.quantization.has_value();
}

bool has_whole_weights(const Node& node) {
    const auto whole = [](const WeightTensor& weights) {
        return weights.element() == Element::u8 || weights.element() == Element::s8;
    };
    struct Weights {
        const WeightTensor* operator()(const Convolution& layer) const { return &layer.weights; }
        const WeightTensor* operator()(const Depthwise& layer) const { return &layer.weights; }
        const WeightTensor* operator()(const FullyConnected& layer) const { return &layer.weights; }
        const WeightTensor* operator()(const Normalise&) const { return nullptr; }
        const WeightTensor* operator()(const AveragePool&) const { return nullptr; }
        const WeightTensor* operator()(const MaxPool&) const { return nullptr; }
        const WeightTensor* operator()(const Add&) const { return nullptr; }
        const WeightTensor* operator()(const Concat&) const { return nullptr; }
        const WeightTensor* operator()(const Softmax&) const { return nullptr; }
    };
    const WeightTensor* weights = std::visit(Weights{}, node.operation);
    return weights == nullptr || whole(*weights);
}

/// All that is of real numbers, told together.
void check_quantized(const Graph& graph) {
    const std::vector<std::string> layers = real_layers(graph);
    if (layers.empty()) return;
    fail_input(graph.file,
               "int8 was asked for, and {} {} of real numbers; allowed: the weights of a quantized network, as 'ssdgen "
               "import' has them of a quantized model and 'ssdgen quantize' makes them of a float one",
               some_of(layers), layers.size() == 1 ? "is" : "are");
}

class FactorMaker {
  public:
    FactorMaker(const Graph& graph, const Node& node, Requantization rule) : graph_(graph), node_(node), rule_(rule) {}

    void operator()(Convolution& layer) const {
        make(layer, layer.depth_multiplied ? depthwise_rule() : rule_, product_of(layer.weights),
             ChannelAxis::outermost);
    }
    void operator()(Depthwise& layer) const {
        make(layer, depthwise_rule(), product_of(layer.weights), ChannelAxis::innermost);
    }
    void operator()(FullyConnected& layer) const { make(layer, rule_, ScaleProduct::as_float, ChannelAxis::outermost); }
    void operator()(AveragePool& pool) const { pool.signed_numbers = tensor(node_.outputs[0]).element == Element::s8; }
    void operator()(Normalise&) const {}
    void operator()(MaxPool&) const {}
    void operator()(Add&) const {}
    void operator()(Concat&) const {}
    void operator()(Softmax&) const {}

  private:
    enum class ChannelAxis { outermost, innermost };

    Requantization depthwise_rule() const {
        return rule_ == Requantization::ruy ? Requantization::two_roundings : rule_;
    }

    static ScaleProduct product_of(const WeightTensor& weights) {
        return weights.element() == Element::u8 ? ScaleProduct::as_float : ScaleProduct::as_double;
    }

    const Tensor& tensor(TensorId id) const { return graph_.tensors[static_cast<std::size_t>(id)]; }

    template <class Layer>
    void make(Layer& layer, Requantization rule, ScaleProduct product, ChannelAxis axis) const {
        const StoredRange input = stored_range(tensor(node_.inputs[0])),
                          output = stored_range(tensor(node_.outputs[0]));
        const int channels = tensor(node_.outputs[0]).shape.channels;
        layer.factors = sum_factors(layer.weights, channels, input, output, rule, product);
        check_sums(layer.weights, layer.bias, channels, axis, input, *layer.factors);
    }

    /// No order in which a sum's terms are added may leave 32 bits, nor what the factor shifts to the left.
    void check_sums(const WeightTensor& weights, const WeightTensor& bias, int channels, ChannelAxis axis,
                    const StoredRange& input, const SumFactors& factors) const {
        const std::vector<std::int32_t> numbers = whole_numbers(weights), biases = whole_numbers(bias);
        const std::int64_t farthest =
            std::max(std::abs(input.lowest - input.zero_point), std::abs(input.highest - input.zero_point));
        const std::size_t count = static_cast<std::size_t>(channels), terms = numbers.size() / count;
        for (std::size_t channel = 0; channel < count; ++channel) {
            const std::int32_t zero = weight_zero_point(weights, channel);
            std::int64_t sum = std::abs(std::int64_t{biases[channel]});
            for (std::size_t term = 0; term < terms; ++term) {
                const std::size_t at = axis == ChannelAxis::outermost ? channel * terms + term : term * count + channel;
                sum += std::abs(numbers[at] - zero) * farthest;
            }
            const int left = factors.fixed.empty() ? 0 : std::max(factors.fixed[channel].shift, 0);
            if (sum > (std::int64_t{std::numeric_limits<std::int32_t>::max()} >> left))
                fail_input(at(graph_.file, node_.pointer),
                           "the sums of channel {} of {} could reach {}, {} bits to the left; allowed: sums that fit "
                           "into 32 bits",
                           channel, node_.name, sum, left);
        }
    }

    const Graph& graph_;
    const Node& node_;
    Requantization rule_;
};

}  // namespace

std::vector<std::string> real_layers(const Graph& graph) {
    std::vector<std::string> layers;
    for (const Node& node : graph.nodes) {
        const bool maps = std::all_of(node.outputs.begin(), node.outputs.end(),
                                      [&](TensorId id) { return is_quantized_map(graph, id); });
        if (!maps || !has_whole_weights(node)) layers.push_back(node.name);
    }
    return layers;
}

std::string unbuilt_layer(const Graph& graph) {
    const auto tensor = [&](TensorId id) -> const Tensor& { return graph.tensors[static_cast<std::size_t>(id)]; };
    constexpr std::int64_t most_taps = 65536;  // whose sum a division of floats divides exactly
    for (const Node& node : graph.nodes) {
        const auto* average = std::get_if<AveragePool>(&node.operation);
        const bool pool = average != nullptr || std::holds_alternative<MaxPool>(node.operation);
        if (pool && !same_meaning(stored_range(tensor(node.inputs[0])), stored_range(tensor(node.outputs[0]))))
            return node.name + " is a pool whose maps have two scales";
        if (average != nullptr && taps(average->window) > most_taps)
            return fmt::format("{} is the mean of more than {} pixels", node.name, most_taps);
        if (std::holds_alternative<Add>(node.operation) && node.inputs.size() != 2)
            return fmt::format("{} adds {} maps", node.name, node.inputs.size());
    }
    return "";
}

Graph make_factors(Graph graph, Requantization rule) {
    check_quantized(graph);
    if (const std::string unbuilt = unbuilt_layer(graph); !unbuilt.empty())
        fail_input(graph.file, "{}, which is not built yet in 8 bits; allowed: --precision f32", unbuilt);
    graph.requantization = rule;
    for (Node& node : graph.nodes) {
        const Node& known = node;
        std::visit(FactorMaker(graph, known, rule), node.operation);
    }
    return graph;
}

}  // namespace ssdgen
