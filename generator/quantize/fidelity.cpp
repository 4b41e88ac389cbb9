#include "quantize/fidelity.h"

#include "graph/stored_range.h"
#include "quantize/layers.h"
#include "quantize/parallel.h"
#include "reference/float_executor.h"
#include "reference/quantized_executor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ssdgen {

namespace {

/// Sums over the values of a map.
struct Sums {
    double signal = 0, noise = 0, stored = 0, product = 0, count = 0, saturated = 0;

    void add(const Sums& other) {
        signal += other.signal;
        noise += other.noise;
        stored += other.stored;
        product += other.product;
        count += other.count;
        saturated += other.saturated;
    }
};

struct Limits {
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
};

/// What the stored numbers of a map can mean.
Limits limits_of(const Tensor& map) {
    if (!map.quantization) return {};
    const StoredRange range = stored_range(map);
    const double scale = static_cast<double>(range.scale);
    return {scale * (range.lowest - range.zero_point), scale * (range.highest - range.zero_point)};
}

Sums sums_of(const std::vector<float>& real, const std::vector<float>& found, const Tensor& map) {
    Sums sums;
    const Limits limits = limits_of(map);
    const double slack = map.quantization ? static_cast<double>(map.quantization->scale[0]) / 2 : 0;
    for (std::size_t i = 0; i < real.size(); ++i) {
        const double a = static_cast<double>(real[i]), b = static_cast<double>(found[i]);
        sums.signal += a * a;
        sums.noise += (a - b) * (a - b);
        sums.stored += b * b;
        sums.product += a * b;
        sums.saturated += a < limits.low - slack || a > limits.high + slack ? 1 : 0;
    }
    sums.count = static_cast<double>(real.size());
    return sums;
}

/// The sums of each node's output over the pictures, which are added in their order.
std::vector<Sums> sums_of_nodes(const Graph& real, const Graph& quantized, const Pictures& pictures,
                                const std::vector<std::size_t>& some, int threads, const std::string& title) {
    const FloatExecutor floats(real);
    const QuantizedExecutor numbers(quantized, Requantization::float_product);
    std::vector<std::vector<Sums>> all(some.size());
    for_each_index(some.size(), threads, title, [&](std::size_t index) {
        const std::vector<std::uint8_t>& picture = pictures.pictures[some[index]].bytes;
        const std::vector<FloatValues> expected = floats.run(picture);
        const QuantizedValues found = numbers.run(picture);
        for (const Node& node : quantized.nodes) {
            const TensorId output = node.outputs[0];
            const auto id = static_cast<std::size_t>(output);
            all[index].push_back(sums_of(expected[id], numbers.real_values(output, found), quantized.tensors[id]));
        }
    });
    std::vector<Sums> result(quantized.nodes.size());
    for (const std::vector<Sums>& own : all)
        for (std::size_t node = 0; node < result.size(); ++node) result[node].add(own[node]);
    return result;
}

double decibels(const Sums& sums) {
    if (!(sums.noise > 0)) return std::numeric_limits<double>::infinity();
    return 10 * std::log10(std::max(sums.signal, 1e-300) / sums.noise);
}

/// Output channels whose weights are all 0.
std::vector<bool> without_weights(const Graph& graph, const Node& node) {
    const WeightPlaces places(graph, node);
    const std::vector<float> values = weights_of(node)->values();
    std::vector<bool> none(places.outputs(), true);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != 0) none[places(i).output] = false;
    return none;
}

int dead_channels(const Graph& real, const Graph& quantized, std::size_t node) {
    if (weights_of(quantized.nodes[node]) == nullptr) return 0;
    const std::vector<bool> before = without_weights(real, real.nodes[node]);
    const std::vector<bool> after = without_weights(quantized, quantized.nodes[node]);
    int dead = 0;
    for (std::size_t c = 0; c < after.size(); ++c) dead += after[c] && !before[c] ? 1 : 0;
    return dead;
}

}  // namespace

std::vector<LayerFidelity> compare(const Graph& real, const Graph& quantized, const Pictures& pictures, int threads,
                                   const std::string& title) {
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < pictures.pictures.size(); ++i) all.push_back(i);
    const std::vector<Sums> sums = sums_of_nodes(real, quantized, pictures, all, threads, title);
    std::vector<LayerFidelity> layers;
    std::vector<double> of_tensor(quantized.tensors.size(), std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < quantized.nodes.size(); ++i) {
        const Node& node = quantized.nodes[i];
        const Tensor& map = quantized.tensors[static_cast<std::size_t>(node.outputs[0])];
        LayerFidelity layer;
        layer.name = node.name;
        layer.integer = is_integer(quantized, node);
        if (map.quantization) {
            layer.map = StoredMap{map.element, *map.quantization};
            const Limits limits = limits_of(map);
            layer.low = limits.low;
            layer.high = limits.high;
        }
        layer.saturated = sums[i].saturated / sums[i].count;
        layer.signal_to_noise = decibels(sums[i]);
        layer.cosine = sums[i].signal > 0 && sums[i].stored > 0
                           ? sums[i].product / (std::sqrt(sums[i].signal) * std::sqrt(sums[i].stored))
                           : 1;
        double worst = std::numeric_limits<double>::infinity();
        for (const TensorId input : node.inputs) worst = std::min(worst, of_tensor[static_cast<std::size_t>(input)]);
        layer.lost = std::isinf(worst) ? 0 : worst - layer.signal_to_noise;
        of_tensor[static_cast<std::size_t>(node.outputs[0])] = layer.signal_to_noise;
        layer.dead_channels = dead_channels(real, quantized, i);
        layers.push_back(std::move(layer));
    }
    return layers;
}

double output_noise(const Graph& real, const Graph& quantized, const Pictures& pictures,
                    const std::vector<std::size_t>& some, int threads) {
    const std::vector<Sums> sums = sums_of_nodes(real, quantized, pictures, some, threads, "");
    Sums boxes, others;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const TensorId output = quantized.nodes[i].outputs[0];
        if (!leaves_network(quantized, output)) continue;
        bool is_boxes = false;
        if (quantized.head)
            for (const HeadSource& source : quantized.head->sources) is_boxes = is_boxes || source.boxes == output;
        (is_boxes ? boxes : others).add(sums[i]);
    }
    const auto ratio = [](const Sums& of) { return of.signal > 0 ? of.noise / of.signal : 0; };
    return ratio(boxes) + ratio(others);
}

}  // namespace ssdgen
