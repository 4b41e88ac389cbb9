#include "plan/whole_numbers.h"

#include "graph/shapes.h"
#include "plan/packing.h"
#include "support/error.h"
#include "support/hash.h"
#include "support/words.h"
#include "weights/number_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ssdgen {

namespace {

const Tensor& tensor_of(const Graph& graph, TensorId id) { return graph.tensors[std::size_t(id)]; }

/// What the lists are stored as that a detector's outputs are joined to; null for another map.
const StoredMap* joined_list(const Graph& graph, TensorId id) {
    if (!graph.head) return nullptr;
    for (const HeadSource& source : graph.head->sources) {
        if (id == source.boxes) return &*graph.head->stored.boxes;
        if (id == source.logits) return &*graph.head->stored.logits;
    }
    return nullptr;
}

std::optional<Rescaling> rescaling(const StoredRange& from, const StoredRange& to) {
    if (same_meaning(from, to)) return std::nullopt;
    const float scale = from.scale * (1.0F / to.scale);
    return Rescaling{scale, -float(from.zero_point) * scale, to.zero_point};
}

OutputNumbers output_numbers(const Graph& graph, TensorId id, Activation activation) {
    const StoredRange own = stored_range(tensor_of(graph, id)), range = limited(own, activation);
    OutputNumbers numbers{own.zero_point, range.lowest, range.highest, {}};
    if (const StoredMap* list = joined_list(graph, id)) numbers.rescaling = rescaling(own, stored_range(*list));
    return numbers;
}

const SumFactors* factors_of(const Node& node) {
    if (const auto* convolution = std::get_if<Convolution>(&node.operation)) return &*convolution->factors;
    if (const auto* depthwise = std::get_if<Depthwise>(&node.operation)) return &*depthwise->factors;
    return nullptr;
}

/// The output channel that each number of a layer's weights belongs to.
struct ChannelOf {
    bool innermost = false;
    std::size_t count = 0;  // of the others

    std::size_t operator()(std::size_t number) const { return innermost ? number % count : number / count; }
};

ChannelOf channels_of(const Convolution& layer) {
    return {false, layer.weights.size() / std::size_t(layer.weights.shape[0])};
}
ChannelOf channels_of(const Depthwise& layer) { return {true, std::size_t(layer.weights.shape[2])}; }

template <class Layer>
bool needs_offsets(const Layer& layer) {
    const std::vector<std::int32_t> numbers = whole_numbers(layer.weights);
    const ChannelOf channel = channels_of(layer);
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        const std::int32_t weight = numbers[at] - weight_zero_point(layer.weights, channel(at));
        if (weight < -128 || weight > 127) return true;
    }
    return false;
}

bool needs_offsets(const Node& node) {
    if (const auto* convolution = std::get_if<Convolution>(&node.operation)) return needs_offsets(*convolution);
    if (const auto* depthwise = std::get_if<Depthwise>(&node.operation)) return needs_offsets(*depthwise);
    return false;
}

template <class Layer>
WholeWeights take_weights(const Kernel& kernel, const Layer& layer, std::size_t channels) {
    const bool offsets = kernel.whole->offsets_weights;
    const std::int32_t middle = layer.weights.element() == Element::u8 ? 128 : 0;
    const std::uint32_t input_zero = std::uint32_t(kernel.whole->input_zeros[0]);
    const std::vector<std::int32_t> numbers = whole_numbers(layer.weights), biases = whole_numbers(layer.bias);
    const ChannelOf channel = channels_of(layer);
    WholeWeights taken;
    taken.factors = &*layer.factors;
    taken.offsets.assign(channels, 0);
    std::vector<std::uint32_t> sums(biases.begin(), biases.end());  // which may leave 32 bits on their way
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        const std::size_t out = channel(at);
        const std::int32_t zero = weight_zero_point(layer.weights, out);
        if (offsets) taken.offsets[out] = zero - middle;
        taken.weights.push_back(std::int8_t(numbers[at] - (offsets ? middle : zero)));
        sums[out] -= input_zero * std::uint32_t(numbers[at] - zero);
    }
    for (const std::uint32_t sum : sums) taken.biases.push_back(std::int32_t(sum));
    return taken;
}

std::string range_name(const OutputNumbers& output) {
    std::string text = output.zero_point == 0 ? "" : fmt::format("_z{}", output.zero_point);
    if (output.lowest != 0 || output.highest != 255) text += fmt::format("_to{}_{}", output.lowest, output.highest);
    return text;
}

}  // namespace

WholeNumbers whole_numbers_of(const Graph& graph, const Node& node, Activation activation) {
    WholeNumbers whole;
    whole.rule = *graph.requantization;
    for (const TensorId id : node.inputs) whole.input_zeros.push_back(stored_range(tensor_of(graph, id)).zero_point);
    for (const TensorId id : node.outputs) whole.outputs.push_back(output_numbers(graph, id, activation));
    if (const SumFactors* factors = factors_of(node)) {
        whole.rule = factors->rule;
        whole.shifts_left =
            std::any_of(factors->fixed.begin(), factors->fixed.end(),
                        [](const FixedPoint& factor) { return factor.shift > 0; }) ||
            std::any_of(factors->real.begin(), factors->real.end(), [](float factor) { return !(factor < 1); });
        whole.offsets_weights = needs_offsets(node);
    }
    // A copy makes what maps are joined to: its own numbers are those of its input.
    if (std::holds_alternative<Add>(node.operation) && node.inputs.size() == 1) {
        const StoredRange from = stored_range(tensor_of(graph, node.inputs[0]));
        whole.outputs[0] = {from.zero_point, 0, 255, rescaling(from, stored_range(tensor_of(graph, node.outputs[0])))};
    }
    return whole;
}

ScaledSum scaled_sum(const Graph& graph, const Node& node) {
    check(node.inputs.size() == 2, "a sum of whole numbers is one of two maps: " + node.name);
    const float a = stored_range(tensor_of(graph, node.inputs[0])).scale,
                b = stored_range(tensor_of(graph, node.inputs[1])).scale,
                out = stored_range(tensor_of(graph, node.outputs[0])).scale;
    ScaledSum sum;
    if (*graph.requantization != Requantization::float_product) {
        constexpr int left = 20;
        const double most = 2 * double(std::max(a, b));
        sum.fixed = {fixed_point(double(a) / most), fixed_point(double(b) / most),
                     fixed_point(most / (double(1 << left) * double(out)))};
        return sum;
    }
    const float ratio_a = a / out, ratio_b = b / out;
    sum.shift = 20 - std::ilogb(std::max(ratio_a, ratio_b));
    if (sum.shift < 1 || sum.shift > 30)
        fail_input(at(graph.file, node.pointer),
                   "{} adds maps whose scales are {} and {} times that of their sum; allowed with the requantization "
                   "'float': the larger one from 2^-10 to 2^20 times",
                   node.name, ratio_a, ratio_b);
    for (const float ratio : {ratio_a, ratio_b})
        sum.factors.push_back(std::int32_t(std::nearbyint(std::ldexp(double(ratio), sum.shift))));
    return sum;
}

std::string whole_name(const Kernel& kernel) {
    if (!kernel.whole) return "";
    const WholeNumbers& whole = *kernel.whole;
    std::string text = "_u8";
    if (whole.rule != Requantization::float_product) text += fmt::format("_{}", spell(whole.rule));
    std::string details;
    for (const int zero : whole.input_zeros)
        if (zero != 0) details += fmt::format("_from{}", zero);
    for (const OutputNumbers& output : whole.outputs) {
        details += range_name(output);
        if (output.rescaling)
            details += fmt::format("_scaled{:08x}{:08x}_{}", to_bits(output.rescaling->scale),
                                   to_bits(output.rescaling->offset), output.rescaling->zero_point);
    }
    if (whole.shifts_left) details += "_left";
    if (whole.offsets_weights) details += "_offsets";
    if (const auto* pool = std::get_if<AveragePoolKernel>(&kernel.kind); pool && pool->signed_numbers)
        details += "_signed";
    if (const auto* sum = std::get_if<ElementwiseKernel>(&kernel.kind); sum && sum->scaled) {
        for (const FixedPoint& factor : sum->scaled->fixed)
            details += fmt::format("_{}_{}", factor.mantissa, factor.shift);
        for (const std::int32_t factor : sum->scaled->factors) details += fmt::format("_{}", factor);
        details += fmt::format("_{}", sum->scaled->shift);
    }
    // What is longer is told apart by its hash.
    if (details.size() > 14) details = fmt::format("_{:08x}", hash_bytes(details) >> 32);
    return text + details;
}

WholeWeights whole_weights(const Kernel& kernel, const Convolution& layer) {
    return take_weights(kernel, layer, std::size_t(layer.weights.shape[0]));
}

WholeWeights whole_weights(const Kernel& kernel, const Depthwise& layer) {
    return take_weights(kernel, layer, std::size_t(layer.weights.shape[2]));
}

HeaderWriter::HeaderWriter(const Kernel& kernel, int width, std::byte* packed)
    : whole_(*kernel.whole), width_(width), packed_(packed) {}

void HeaderWriter::put_row(int row, int slot, std::uint32_t bits) {
    std::byte* const to = packed_ + (std::ptrdiff_t(row) * width_ + slot) * 4;
    for (int byte = 0; byte < 4; ++byte) to[byte] = std::byte((bits >> (8 * byte)) & 0xFFU);
}

void HeaderWriter::put(int slot, std::size_t channel, const WholeWeights& weights) {
    int row = 0;
    put_row(row++, slot, std::uint32_t(weights.biases[channel]));
    switch (whole_.rule) {
        case Requantization::float_product: put_row(row++, slot, to_bits(weights.factors->real[channel])); break;
        case Requantization::two_roundings:
        case Requantization::ruy: {
            const FixedPoint& factor = weights.factors->fixed[channel];
            put_row(row++, slot, std::uint32_t(factor.mantissa));
            put_row(row++, slot, std::uint32_t(std::max(-factor.shift, 0)));
            if (whole_.shifts_left) put_row(row++, slot, std::uint32_t(std::max(factor.shift, 0)));
            break;
        }
    }
    if (whole_.offsets_weights) put_row(row++, slot, std::uint32_t(weights.offsets[channel]));
}

}  // namespace ssdgen
