#include "plan/kernels/depthwise.h"

#include "graph/shapes.h"
#include "plan/names.h"
#include "plan/packing.h"
#include "plan/schedule/schedule.h"
#include "plan/whole_numbers.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

Kernel make_depthwise(const KernelMaker& maker, const Depthwise& depthwise) {
    Kernel kernel = maker.start({depthwise.activation}, depthwise.weights.element());
    kernel.stream_rows = maker.in_stream ? 1 : 0;
    const Element operand = operand_of(kernel);
    DepthwiseKernel kind{depthwise.window,
                         schedule_depthwise_pixels(maker.target, depthwise.window, kernel.output().width,
                                                   kernel.input().channels, operand),
                         vector_unit(maker.target, operand).interleaved};
    kernel.kind = kind;
    if (const auto tuned = maker.tuning.choice(kernel)) kind.pixels = tuned->pixels;
    kernel.kind = kind;
    return kernel;
}

Window window_of(const DepthwiseKernel& kind, const Kernel&) { return kind.window; }

int units_of(const DepthwiseKernel&, const Kernel& kernel) { return kernel.output().height; }

std::string name_of(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target) {
    return "depthwise_" + to_string(kernel.input()) + window_name(kind.window) + epilogue_name(kernel.epilogue) +
           "_tile" + tile_of(kind, target);
}

std::string tile_of(const DepthwiseKernel& kind, const Target& target) {
    return fmt::format("{}x{}", kind.pixels, vector_unit(target, Element::f32).lanes * kind.registers);
}

std::int64_t packed_size(const DepthwiseKernel& kind, const Kernel& kernel, const Target&) {
    return depthwise_size(kernel, kind.window);
}

namespace {

/// The channel whose numbers lie at each place of a row of such.
std::vector<int> order_of_channels(const DepthwiseKernel& kind, int channels, const Target& target) {
    const int lanes = vector_unit(target, Element::f32).lanes;
    std::vector<int> order;
    for (const ChannelGroup& group : channel_groups(channels, lanes, kind.registers))
        for (int place = 0; place < group.count * group.channels; ++place) {
            const int slot = place % group.channels;
            order.push_back(group.first + place - slot + channel_of_slot(group.registers, lanes, slot));
        }
    return order;
}

/// For each column of the window and each four of its rows [channels][4].
void pack_whole(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target, const Depthwise& depthwise,
                std::byte* packed) {
    const Window& window = kind.window;
    const int channels = kernel.input().channels, fours = (window.rows.kernel + terms_at_once - 1) / terms_at_once;
    const WholeWeights weights = whole_weights(kernel, depthwise);
    const std::vector<int> order = order_of_channels(kind, channels, target);
    HeaderWriter header(kernel, channels, packed);
    for (int place = 0; place < channels; ++place) header.put(place, std::size_t(order[std::size_t(place)]), weights);
    std::byte* const numbers = packed + std::ptrdiff_t(header_rows(kernel)) * channels * 4;
    for (int row = 0; row < window.rows.kernel; ++row)
        for (int column = 0; column < window.columns.kernel; ++column)
            for (int place = 0; place < channels; ++place) {
                const int four = column * fours + row / terms_at_once;
                const int tap = row * window.columns.kernel + column;
                numbers[(four * channels + place) * terms_at_once + row % terms_at_once] =
                    std::byte(weights.weights[std::size_t(tap * channels + order[std::size_t(place)])]);
            }
}

}  // namespace

void pack(const DepthwiseKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed) {
    const Depthwise& depthwise = std::get<Depthwise>(operation);
    if (kernel.whole) return pack_whole(kind, kernel, target, depthwise, packed);
    const std::vector<float>&bias = depthwise.bias.floats(), weights = depthwise.weights.values();
    const Signature& types = kernel.signature;
    const NumberWriter biases(types.accumulator, packed);
    const NumberWriter taps(types.weight, packed + std::int64_t(bias.size()) * bytes_of(types.accumulator));
    for (std::size_t at = 0; at < bias.size(); ++at) biases.put(std::int64_t(at), bias[at]);
    for (std::size_t at = 0; at < weights.size(); ++at) taps.put(std::int64_t(at), weights[at]);
}

std::string packing_of(const DepthwiseKernel& kind, const Kernel& kernel, const Target&) {
    if (kernel.whole)
        return fmt::format("{}, then for each of {} columns and each four of {} rows [{}][4] of s8{}",
                           header_words(kernel, std::to_string(kernel.input().channels)), kind.window.columns.kernel,
                           kind.window.rows.kernel, kernel.input().channels,
                           kind.registers > 1
                               ? fmt::format("; channels in groups of up to {} registers, among which they are dealt "
                                             "out by fours",
                                             kind.registers)
                               : "");
    return fmt::format("bias [{0}], then [{1}][{2}][{0}]{3}", kernel.input().channels, kind.window.rows.kernel,
                       kind.window.columns.kernel, packing_types(kernel));
}

std::optional<LayerShape> layer_shape(const DepthwiseKernel&, const Kernel& kernel) {
    return LayerShape{LayerShape::Kind::depthwise, {}, {}, 0, 0, {kernel.output().channels}};
}

void make_compact(DepthwiseKernel& kind, const Target&, Element) { kind.pixels = kind.registers = 1; }

}  // namespace ssdgen
