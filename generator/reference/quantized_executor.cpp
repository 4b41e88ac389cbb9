#include "reference/quantized_executor.h"

#include "graph/shapes.h"
#include "reference/patch.h"
#include "support/error.h"

#include <algorithm>

namespace ssdgen {

namespace {

const WeightTensor* weights_of(const Node& node) {
    if (const auto* layer = std::get_if<Convolution>(&node.operation)) return &layer->weights;
    if (const auto* layer = std::get_if<Depthwise>(&node.operation)) return &layer->weights;
    if (const auto* layer = std::get_if<FullyConnected>(&node.operation)) return &layer->weights;
    return nullptr;
}

const WeightTensor& bias_of(const Node& node) {
    if (const auto* layer = std::get_if<Convolution>(&node.operation)) return layer->bias;
    if (const auto* layer = std::get_if<Depthwise>(&node.operation)) return layer->bias;
    return std::get<FullyConnected>(node.operation).bias;
}

/// Four pixels' sums of products: a weight is read once for all of them.
void dot_products(const std::int16_t* patches, std::size_t terms, const std::int16_t* weights, std::int32_t* sums) {
    const std::int16_t *const a = patches, *const b = a + terms, *const c = b + terms, *const d = c + terms;
    std::int32_t sum_a = 0, sum_b = 0, sum_c = 0, sum_d = 0;
    for (std::size_t i = 0; i < terms; ++i) {
        sum_a += a[i] * weights[i];
        sum_b += b[i] * weights[i];
        sum_c += c[i] * weights[i];
        sum_d += d[i] * weights[i];
    }
    sums[0] = sum_a;
    sums[1] = sum_b;
    sums[2] = sum_c;
    sums[3] = sum_d;
}

constexpr std::size_t pixels_at_once = 4;

/// What a stored number means, rounded once.
float real_value(const StoredRange& range, std::int32_t number) {
    return float(double(range.scale) * double(number - range.zero_point));
}

/// Activation, factors: as interpret_integers() takes them.
SumFactors factors_of(const Graph& graph, const Node& node, const StoredRange& output, Requantization rule) {
    const WeightTensor& weights = *weights_of(node);
    const auto* convolution = std::get_if<Convolution>(&node.operation);
    const bool depthwise =
        std::holds_alternative<Depthwise>(node.operation) || (convolution && convolution->depth_multiplied);
    const bool as_float = std::holds_alternative<FullyConnected>(node.operation) || weights.element() == Element::u8;
    return sum_factors(weights, shape_of(graph, node.outputs[0]).channels,
                       stored_range(graph.tensors[std::size_t(node.inputs[0])]), output,
                       depthwise && rule == Requantization::ruy ? Requantization::two_roundings : rule,
                       as_float ? ScaleProduct::as_float : ScaleProduct::as_double);
}

/// The stored numbers of a sum of every channel: what requantize() gives, fast where the rule is float_product.
void requantize_row(const std::int32_t* sums, const SumFactors& factors, const StoredRange& output, std::size_t count,
                    std::int32_t* stored) {
    if (factors.rule != Requantization::float_product) {
        for (std::size_t c = 0; c < count; ++c)
            stored[c] = output.clamp(std::int64_t{requantize(sums[c], c, factors, output)} + output.zero_point);
        return;
    }
    // Rounding is monotone and the bounds are whole, so the clamp may come first; what is left is small enough for a
    // sum with 1.5 * 2^23 to round it, halves to even. Nothing here is a call, so that compilers make vectors of it.
    constexpr float whole = 12582912.0F;
    const float lowest = float(output.lowest - output.zero_point), highest = float(output.highest - output.zero_point);
    const float* const real = factors.real.data();
    for (std::size_t c = 0; c < count; ++c) {
        const float product = float(sums[c]) * real[c];
        const float above = product < lowest ? lowest : product;
        const float clamped = above > highest ? highest : above;
        stored[c] = std::int32_t((clamped + whole) - whole) + output.zero_point;
    }
}

}  // namespace

bool is_integer(const Graph& graph, const Node& node) {
    if (const WeightTensor* weights = weights_of(node)) return is_quantized(weights->element());
    const auto quantized = [&](TensorId id) { return graph.tensors[std::size_t(id)].quantization.has_value(); };
    if (std::holds_alternative<Normalise>(node.operation)) return quantized(node.outputs[0]);
    return std::all_of(node.inputs.begin(), node.inputs.end(), quantized) &&
           (quantized(node.outputs[0]) || std::holds_alternative<Softmax>(node.operation));
}

QuantizedExecutor::QuantizedExecutor(const Graph& graph, Requantization rule)
    : graph_(graph), rule_(rule), layers_(graph.nodes.size()) {
    for (std::size_t node = 0; node < graph.nodes.size(); ++node) prepare(node);
}

QuantizedExecutor::QuantizedExecutor(const Graph& graph, std::size_t node, Requantization rule)
    : graph_(graph), rule_(rule), layers_(graph.nodes.size()) {
    prepare(node);
}

void QuantizedExecutor::prepare(std::size_t number) {
    const Node& node = graph_.nodes[number];
    if (is_integer(graph_, node))
        layers_[number].integer = integer_layer(node);
    else
        layers_[number].real.emplace(graph_, node);
}

std::optional<QuantizedExecutor::IntegerLayer> QuantizedExecutor::integer_layer(const Node& node) const {
    const WeightTensor* weights = weights_of(node);
    if (weights == nullptr) return std::nullopt;
    const Shape& from = shape_of(graph_, node.inputs[0]);
    const Window* window = std::visit([](const auto& operation) { return window_of(operation); }, node.operation);
    const Activation activation =
        std::visit([](const auto& operation) { return activation_of(operation); }, node.operation);
    IntegerLayer layer;
    layer.window = window != nullptr ? *window : Window{whole_axis(from.height), whole_axis(from.width)};
    layer.bias = whole_numbers(bias_of(node));
    layer.output = limited(stored_range(graph_.tensors[std::size_t(node.outputs[0])]), activation);
    layer.factors = factors_of(graph_, node, layer.output, rule_);
    layer.depthwise = std::holds_alternative<Depthwise>(node.operation);
    const std::vector<std::int32_t> numbers = whole_numbers(*weights);
    const std::size_t channels = layer.bias.size(), terms = numbers.size() / channels;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::size_t channel = layer.depthwise ? i % channels : i / terms;
        layer.weights.push_back(std::int16_t(numbers[i] - weight_zero_point(*weights, channel)));
    }
    return layer;
}

QuantizedValues QuantizedExecutor::begin(const std::vector<std::uint8_t>& image) const {
    check(std::int64_t(image.size()) == elements(shape_of(graph_, graph_.input)),
          "the picture has the network's input size");
    QuantizedValues values{std::vector<StoredValues>(graph_.tensors.size()),
                           std::vector<FloatValues>(graph_.tensors.size())};
    values.stored[std::size_t(graph_.input)].assign(image.begin(), image.end());
    return values;
}

QuantizedValues QuantizedExecutor::run(const std::vector<std::uint8_t>& image) const {
    QuantizedValues values = begin(image);
    for (std::size_t node = 0; node < graph_.nodes.size(); ++node) run_node(node, values);
    return values;
}

void QuantizedExecutor::run_node(std::size_t number, QuantizedValues& values, std::vector<std::int64_t>* totals) const {
    const Node& node = graph_.nodes[number];
    const Layer& layer = layers_[number];
    if (layer.real) return run_real(node, *layer.real, values);
    values.stored[std::size_t(node.outputs[0])] = layer.integer ? multiply(node, *layer.integer, values, totals)
                                                                : interpret_node(graph_, node, values.stored, rule_);
}

void QuantizedExecutor::run_real(const Node& node, const FloatLayer& layer, QuantizedValues& values) const {
    std::vector<FloatValues> own(node.inputs.size());
    std::vector<const FloatValues*> inputs;
    for (std::size_t i = 0; i < own.size(); ++i) {
        const TensorId input = node.inputs[i];
        const bool is_real = !values.real[std::size_t(input)].empty();
        if (!is_real) own[i] = real_values(input, values);
        inputs.push_back(is_real ? &values.real[std::size_t(input)] : &own[i]);
    }
    FloatValues result = layer.run(inputs);
    const Tensor& output = graph_.tensors[std::size_t(node.outputs[0])];
    if (!output.quantization) {
        values.real[std::size_t(node.outputs[0])] = std::move(result);
        return;
    }
    const StoredRange stored = stored_range(output);
    StoredValues& numbers = values.stored[std::size_t(node.outputs[0])];
    numbers.resize(result.size());
    std::transform(result.begin(), result.end(), numbers.begin(), [&](float value) { return stored.nearest(value); });
}

FloatValues QuantizedExecutor::real_values(TensorId id, const QuantizedValues& values) const {
    const StoredValues& numbers = values.stored[std::size_t(id)];
    if (numbers.empty()) return values.real[std::size_t(id)];
    if (id == graph_.input) return {numbers.begin(), numbers.end()};
    const StoredRange stored = stored_range(graph_.tensors[std::size_t(id)]);
    FloatValues result(numbers.size());
    std::transform(numbers.begin(), numbers.end(), result.begin(),
                   [&](std::int32_t n) { return real_value(stored, n); });
    return result;
}

StoredValues QuantizedExecutor::multiply(const Node& node, const IntegerLayer& layer, const QuantizedValues& values,
                                         std::vector<std::int64_t>* totals) const {
    const Shape& from = shape_of(graph_, node.inputs[0]);
    const Shape& to = shape_of(graph_, node.outputs[0]);
    const std::int32_t zero = stored_range(graph_.tensors[std::size_t(node.inputs[0])]).zero_point;
    const StoredValues& stored = values.stored[std::size_t(node.inputs[0])];
    std::vector<std::int16_t> input(stored.size());
    std::transform(stored.begin(), stored.end(), input.begin(),
                   [zero](std::int32_t number) { return std::int16_t(number - zero); });
    const std::size_t outputs = std::size_t(to.channels), pixels = std::size_t(elements(to)) / outputs;
    const std::size_t terms = std::size_t(taps(layer.window)) * std::size_t(from.channels);
    StoredValues result(std::size_t(elements(to)));
    std::vector<std::int16_t> patches(pixels_at_once * terms);
    std::vector<std::int32_t> sums(pixels_at_once * outputs);
    for (std::size_t first = 0; first < pixels; first += pixels_at_once) {
        const std::size_t count = std::min(pixels_at_once, pixels - first);
        for (std::size_t i = 0; i < count; ++i) {
            const int pixel = int(first + i);
            gather_patch(layer.window, from, input.data(), pixel / to.width, pixel % to.width,
                         patches.data() + i * terms);
            std::copy(layer.bias.begin(), layer.bias.end(), sums.begin() + std::ptrdiff_t(i * outputs));
        }
        if (layer.depthwise) {
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t tap = 0; tap < terms / outputs; ++tap) {
                    const std::int16_t* const in = patches.data() + i * terms + tap * outputs;
                    const std::int16_t* const w = layer.weights.data() + tap * outputs;
                    std::int32_t* const sum = sums.data() + i * outputs;
                    for (std::size_t c = 0; c < outputs; ++c) sum[c] += in[c] * w[c];
                }
        } else {
            for (std::size_t out = 0; out < outputs; ++out) {
                std::int32_t products[pixels_at_once];
                dot_products(patches.data(), terms, layer.weights.data() + out * terms, products);
                for (std::size_t i = 0; i < pixels_at_once; ++i) sums[i * outputs + out] += products[i];
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            if (totals != nullptr)
                for (std::size_t c = 0; c < outputs; ++c) (*totals)[c] += sums[i * outputs + c];
            requantize_row(sums.data() + i * outputs, layer.factors, layer.output, outputs,
                           result.data() + (first + i) * outputs);
        }
    }
    return result;
}

}  // namespace ssdgen
