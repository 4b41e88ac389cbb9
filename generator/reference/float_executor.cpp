#include "reference/float_executor.h"

#include "graph/shapes.h"
#include "reference/patch.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr std::size_t block = 64;          // outputs whose sums lie in the nearest cache
constexpr std::size_t pixels_at_once = 4;  // that share each weight which is read

std::size_t count_of(const Shape& shape) { return static_cast<std::size_t>(elements(shape)); }

Window window_of(const Node& node, const Shape& from) {
    const Window* window =
        std::visit([](const auto& operation) { return ssdgen::window_of(operation); }, node.operation);
    if (window != nullptr) return *window;
    return {whole_axis(from.height), whole_axis(from.width)};
}

/// [out][terms] to [out / block][terms][block], the last block filled with zeros.
FloatValues in_blocks(const FloatValues& weights, std::size_t outputs) {
    const std::size_t terms = weights.size() / outputs, blocks = (outputs + block - 1) / block;
    FloatValues result(blocks * terms * block);
    for (std::size_t out = 0; out < outputs; ++out)
        for (std::size_t term = 0; term < terms; ++term)
            result[(out / block * terms + term) * block + out % block] = weights[out * terms + term];
    return result;
}

/// Adds terms products to the sums of a block of outputs at each of four pixels.
void add_products(const float* patches, std::size_t terms, const float* weights, float (&sums)[pixels_at_once][block]) {
    const float* const patch[] = {patches, patches + terms, patches + 2 * terms, patches + 3 * terms};
    for (std::size_t term = 0; term < terms; ++term) {
        const float* const w = weights + term * block;
        const float a = patch[0][term], b = patch[1][term], c = patch[2][term], d = patch[3][term];
        for (std::size_t out = 0; out < block; ++out) {
            sums[0][out] += a * w[out];
            sums[1][out] += b * w[out];
            sums[2][out] += c * w[out];
            sums[3][out] += d * w[out];
        }
    }
}

void activate(FloatValues& values, Activation activation) {
    switch (activation) {
        case Activation::none: return;
        case Activation::relu:
            for (float& value : values) value = std::max(value, 0.0F);
            return;
        case Activation::relu6:
            for (float& value : values) value = std::min(std::max(value, 0.0F), 6.0F);
            return;
    }
}

Activation activation_of(const Node& node) {
    return std::visit([](const auto& operation) { return ssdgen::activation_of(operation); }, node.operation);
}

FloatValues normalise(const Normalise& normalise, const FloatValues& input) {
    FloatValues output(input.size());
    const std::size_t channels = normalise.mean.size();
    for (std::size_t i = 0; i < input.size(); ++i)
        output[i] = (input[i] - normalise.mean[i % channels]) * normalise.scale[i % channels];
    return output;
}

FloatValues add(const std::vector<const FloatValues*>& inputs) {
    FloatValues output = *inputs[0];
    for (std::size_t input = 1; input < inputs.size(); ++input)
        for (std::size_t i = 0; i < output.size(); ++i) output[i] += (*inputs[input])[i];
    return output;
}

FloatValues softmax(const FloatValues& input) {
    FloatValues output(input.size());
    const float largest = *std::max_element(input.begin(), input.end());
    double sum = 0;
    for (std::size_t i = 0; i < input.size(); ++i) {
        output[i] = std::exp(input[i] - largest);
        sum += static_cast<double>(output[i]);
    }
    for (float& value : output) value = static_cast<float>(static_cast<double>(value) / sum);
    return output;
}

}  // namespace

FloatLayer::FloatLayer(const Graph& graph, const Node& node)
    : node_(node),
      from_(shape_of(graph, node.inputs[0])),
      to_(shape_of(graph, node.outputs[0])),
      window_(window_of(node, from_)) {
    check(node.outputs.size() == 1, "outputs are joined later: " + node.name);
    const auto outputs = static_cast<std::size_t>(to_.channels);
    const auto take = [&](const WeightTensor& weights, const WeightTensor& bias, bool in_order) {
        check(!weights.empty(), "a graph is run with its weights");
        weights_ = in_order ? weights.values() : in_blocks(weights.values(), outputs);
        bias_ = bias.values();
    };
    if (const auto* layer = std::get_if<Convolution>(&node.operation)) {
        check(!layer->batch_norm, "batch norms are folded: " + node.name);
        take(layer->weights, layer->bias, false);
    }
    if (const auto* layer = std::get_if<Depthwise>(&node.operation)) {
        check(!layer->batch_norm, "batch norms are folded: " + node.name);
        take(layer->weights, layer->bias, true);
    }
    if (const auto* layer = std::get_if<FullyConnected>(&node.operation)) take(layer->weights, layer->bias, false);
}

FloatValues FloatLayer::run(const std::vector<const FloatValues*>& inputs, const WatchSums& watch) const {
    FloatValues values = sums_of(inputs);
    if (watch) watch(node_, values);
    activate(values, activation_of(node_));
    return values;
}

FloatValues FloatLayer::sums_of(const std::vector<const FloatValues*>& inputs) const {
    struct Runner {
        const FloatLayer& layer;
        const std::vector<const FloatValues*>& inputs;
        const FloatValues& input;
        FloatValues operator()(const Normalise& operation) const { return normalise(operation, input); }
        FloatValues operator()(const Convolution&) const { return layer.multiply(input); }
        FloatValues operator()(const Depthwise&) const { return layer.multiply_depthwise(input); }
        FloatValues operator()(const AveragePool&) const { return layer.pool(input, false); }
        FloatValues operator()(const MaxPool&) const { return layer.pool(input, true); }
        FloatValues operator()(const FullyConnected&) const { return layer.multiply(input); }
        FloatValues operator()(const Add&) const { return add(inputs); }
        FloatValues operator()(const Concat&) const { return layer.join(inputs); }
        FloatValues operator()(const Softmax&) const { return softmax(input); }
    };
    return std::visit(Runner{*this, inputs, *inputs[0]}, node_.operation);
}

FloatValues FloatLayer::multiply(const FloatValues& input) const {
    const auto outputs = static_cast<std::size_t>(to_.channels), pixels = count_of(to_) / outputs;
    const std::size_t terms = static_cast<std::size_t>(taps(window_)) * static_cast<std::size_t>(from_.channels);
    const int width = to_.width;
    FloatValues values(count_of(to_)), patches(pixels_at_once * terms);
    float sums[pixels_at_once][block];
    for (std::size_t first = 0; first < pixels; first += pixels_at_once) {
        const std::size_t count = std::min(pixels_at_once, pixels - first);
        for (std::size_t i = 0; i < count; ++i) {
            const int pixel = static_cast<int>(first + i);
            gather_patch(window_, from_, input.data(), pixel / width, pixel % width, patches.data() + i * terms);
        }
        for (std::size_t out = 0; out < outputs; out += block) {
            const std::size_t some = std::min(block, outputs - out);
            for (auto& row : sums) std::copy_n(bias_.data() + out, some, row);
            add_products(patches.data(), terms, weights_.data() + out * terms, sums);
            for (std::size_t i = 0; i < count; ++i)
                std::copy_n(sums[i], some, values.data() + (first + i) * outputs + out);
        }
    }
    return values;
}

FloatValues FloatLayer::multiply_depthwise(const FloatValues& input) const {
    const auto channels = static_cast<std::size_t>(to_.channels);
    const auto count = static_cast<std::size_t>(taps(window_));
    FloatValues values(count_of(to_)), patch(count * channels);
    float* sums = values.data();
    for (int y = 0; y < to_.height; ++y)
        for (int x = 0; x < to_.width; ++x, sums += channels) {
            gather_patch(window_, from_, input.data(), y, x, patch.data());
            std::copy(bias_.begin(), bias_.end(), sums);
            for (std::size_t tap = 0; tap < count; ++tap) {
                const float* const in = patch.data() + tap * channels;
                const float* const w = weights_.data() + tap * channels;
                for (std::size_t c = 0; c < channels; ++c) sums[c] += in[c] * w[c];
            }
        }
    return values;
}

FloatValues FloatLayer::pool(const FloatValues& input, bool largest) const {
    const auto channels = static_cast<std::size_t>(to_.channels), width = static_cast<std::size_t>(from_.width);
    const float share = 1.0F / static_cast<float>(taps(window_));
    FloatValues values(count_of(to_));
    float* result = values.data();
    for (int y = 0; y < to_.height; ++y)
        for (int x = 0; x < to_.width; ++x, result += channels) {
            bool first = true;
            for (int ky = 0; ky < window_.rows.kernel; ++ky)
                for (int kx = 0; kx < window_.columns.kernel; ++kx) {
                    const int in_y = pixel_of(window_.rows, y, ky), in_x = pixel_of(window_.columns, x, kx);
                    if (in_y < 0 || in_y >= from_.height || in_x < 0 || in_x >= from_.width) continue;
                    const float* const in =
                        input.data() +
                        (static_cast<std::size_t>(in_y) * width + static_cast<std::size_t>(in_x)) * channels;
                    for (std::size_t c = 0; c < channels; ++c) {
                        const float more = largest ? std::max(result[c], in[c]) : result[c] + in[c];
                        result[c] = first ? in[c] : more;
                    }
                    first = false;
                }
            if (!largest)
                for (std::size_t c = 0; c < channels; ++c) result[c] *= share;
        }
    return values;
}

FloatValues FloatLayer::join(const std::vector<const FloatValues*>& inputs) const {
    const std::size_t pixels = static_cast<std::size_t>(to_.height) * static_cast<std::size_t>(to_.width);
    FloatValues values;
    values.reserve(count_of(to_));
    for (std::size_t pixel = 0; pixel < pixels; ++pixel)
        for (const FloatValues* input : inputs) {
            const std::size_t channels = input->size() / pixels;
            const auto from = input->begin() + static_cast<std::ptrdiff_t>(pixel * channels);
            values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(channels));
        }
    return values;
}

FloatExecutor::FloatExecutor(const Graph& graph) : graph_(graph) {
    for (const Node& node : graph.nodes) layers_.emplace_back(graph, node);
}

std::vector<FloatValues> FloatExecutor::run(const std::vector<std::uint8_t>& image, const WatchSums& watch) const {
    check(static_cast<std::int64_t>(image.size()) == elements(shape_of(graph_, graph_.input)),
          "the picture has the network's input size");
    std::vector<FloatValues> values(graph_.tensors.size());
    values[static_cast<std::size_t>(graph_.input)].assign(image.begin(), image.end());
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
        const Node& node = graph_.nodes[i];
        std::vector<const FloatValues*> inputs;
        for (const TensorId input : node.inputs) inputs.push_back(&values[static_cast<std::size_t>(input)]);
        values[static_cast<std::size_t>(node.outputs[0])] = layers_[i].run(inputs, watch);
    }
    return values;
}

}  // namespace ssdgen
