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
    DepthwiseKernel kind{depthwise.window,
                         schedule_depthwise_pixels(maker.target, depthwise.window, kernel.output().width,
                                                   kernel.input().channels, kernel.whole ? Element::u8 : Element::f32)};
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
    return fmt::format("{}x{}", kind.pixels, vector_unit(target, Element::f32).lanes);
}

std::int64_t packed_size(const DepthwiseKernel& kind, const Kernel& kernel, const Target&) {
    return depthwise_size(kernel, kind.window);
}

namespace {

/// For each column of the window and each four of its rows [channels][4].
void pack_whole(const Kernel& kernel, const Window& window, const Depthwise& depthwise, std::byte* packed) {
    const int channels = kernel.input().channels, fours = (window.rows.kernel + terms_at_once - 1) / terms_at_once;
    const WholeWeights weights = whole_weights(kernel, depthwise);
    HeaderWriter header(kernel, channels, packed);
    for (int channel = 0; channel < channels; ++channel) header.put(channel, std::size_t(channel), weights);
    std::byte* const numbers = packed + std::ptrdiff_t(header_rows(kernel)) * channels * 4;
    for (int row = 0; row < window.rows.kernel; ++row)
        for (int column = 0; column < window.columns.kernel; ++column)
            for (int channel = 0; channel < channels; ++channel) {
                const int four = column * fours + row / terms_at_once;
                const int tap = row * window.columns.kernel + column;
                numbers[(four * channels + channel) * terms_at_once + row % terms_at_once] =
                    std::byte(weights.weights[std::size_t(tap * channels + channel)]);
            }
}

}  // namespace

void pack(const DepthwiseKernel& kind, const Kernel& kernel, const Target&, const Operation& operation,
          std::byte* packed) {
    const Depthwise& depthwise = std::get<Depthwise>(operation);
    if (kernel.whole) return pack_whole(kernel, kind.window, depthwise, packed);
    const std::vector<float>&bias = depthwise.bias.floats(), weights = depthwise.weights.values();
    const Signature& types = kernel.signature;
    const NumberWriter biases(types.accumulator, packed);
    const NumberWriter taps(types.weight, packed + std::int64_t(bias.size()) * bytes_of(types.accumulator));
    for (std::size_t at = 0; at < bias.size(); ++at) biases.put(std::int64_t(at), bias[at]);
    for (std::size_t at = 0; at < weights.size(); ++at) taps.put(std::int64_t(at), weights[at]);
}

std::string packing_of(const DepthwiseKernel& kind, const Kernel& kernel, const Target&) {
    if (kernel.whole)
        return fmt::format("{}, then for each of {} columns and each four of {} rows [{}][4] of s8",
                           header_words(kernel, std::to_string(kernel.input().channels)), kind.window.columns.kernel,
                           kind.window.rows.kernel, kernel.input().channels);
    return fmt::format("bias [{0}], then [{1}][{2}][{0}]{3}", kernel.input().channels, kind.window.rows.kernel,
                       kind.window.columns.kernel, packing_types(kernel));
}

std::optional<LayerShape> layer_shape(const DepthwiseKernel&, const Kernel& kernel) {
    return LayerShape{LayerShape::Kind::depthwise, {}, {}, 0, 0, {kernel.output().channels}};
}

void make_compact(DepthwiseKernel& kind, const Target&) { kind.pixels = 1; }

}  // namespace ssdgen
