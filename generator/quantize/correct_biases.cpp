#include "quantize/correct_biases.h"

#include "graph/shapes.h"
#include "quantize/layers.h"
#include "quantize/parallel.h"
#include "reference/quantized_executor.h"
#include "support/error.h"

#include <algorithm>
#include <cmath>

namespace ssdgen {

namespace {

constexpr double most_bias = 1073741824;  // 2^30

/// By tensor: the number of the last node that takes it; a map that nobody takes is done with at once.
std::vector<std::size_t> last_readers(const Graph& graph) {
    std::vector<std::size_t> last(graph.tensors.size(), 0);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        for (const TensorId input : graph.nodes[i].inputs) last[static_cast<std::size_t>(input)] = i;
        last[static_cast<std::size_t>(graph.nodes[i].outputs[0])] = i;
    }
    return last;
}

using Totals = std::vector<std::int64_t>;

void correct(Node& node, const Totals& totals, std::int64_t count, const std::vector<double>& wanted) {
    WeightTensor& bias = *bias_of(node);
    auto& numbers = std::get<std::vector<std::int32_t>>(bias.numbers);
    const std::vector<float>& scales = bias.quantization->scale;
    for (std::size_t c = 0; c < numbers.size(); ++c) {
        const double scale = static_cast<double>(scales[scales.size() == 1 ? 0 : c]);
        const double found = static_cast<double>(totals[c]) / static_cast<double>(count);
        const double corrected = static_cast<double>(numbers[c]) + std::round(wanted[c] / scale - found);
        numbers[c] = static_cast<std::int32_t>(std::clamp(corrected, -most_bias, most_bias));
    }
}

}  // namespace

void correct_biases(Graph& quantized, const PictureStatistics& calibration, const Pictures& pictures, int threads) {
    const std::size_t samples = calibration.sample.size();
    const std::vector<std::size_t> last = last_readers(quantized);
    std::vector<QuantizedValues> values(samples);
    {
        const QuantizedExecutor executor(quantized, Requantization::float_product);
        for (std::size_t i = 0; i < samples; ++i)
            values[i] = executor.begin(pictures.pictures[calibration.sample[i]].bytes);
    }
    for (std::size_t number = 0; number < quantized.nodes.size(); ++number) {
        Node& node = quantized.nodes[number];
        const bool corrects = weights_of(node) != nullptr && is_integer(quantized, node);
        const Shape& shape = shape_of(quantized, node.outputs[0]);
        const auto channels = static_cast<std::size_t>(shape.channels);
        std::vector<Totals> totals(samples, Totals(channels, 0));
        const auto run = [&](bool count) {
            const QuantizedExecutor executor(quantized, number, Requantization::float_product);
            for_each_index(samples, threads, "",
                           [&](std::size_t i) { executor.run_node(number, values[i], count ? &totals[i] : nullptr); });
        };
        run(corrects);
        if (corrects) {
            Totals all(channels, 0);
            for (const Totals& own : totals)
                for (std::size_t c = 0; c < channels; ++c) all[c] += own[c];
            const std::int64_t pixels = std::int64_t{shape.height} * shape.width * static_cast<std::int64_t>(samples);
            correct(node, all, pixels, calibration.mean_sums[number]);
            run(false);
        }
        for (std::size_t id = 0; id < last.size(); ++id) {
            if (last[id] != number) continue;
            for (QuantizedValues& own : values) {
                own.stored[id] = {};
                own.real[id] = {};
            }
        }
    }
}

}  // namespace ssdgen
