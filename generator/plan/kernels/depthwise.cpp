#include "plan/kernels/depthwise.h"

#include "graph/shapes.h"
#include "plan/names.h"
#include "plan/packing.h"
#include "plan/schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

Kernel make_depthwise(const KernelMaker& maker, const Depthwise& depthwise) {
    Kernel kernel = maker.start({depthwise.activation}, depthwise.weights.element());
    kernel.stream_rows = maker.in_stream ? 1 : 0;
    DepthwiseKernel kind{depthwise.window, schedule_depthwise_pixels(maker.target, depthwise.window,
                                                                     kernel.output().width, kernel.input().channels)};
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
    return depthwise_size(kernel.signature, kernel.input().channels, taps(kind.window));
}

void pack(const DepthwiseKernel&, const Kernel& kernel, const Target&, const Operation& operation, std::byte* packed) {
    const Depthwise& depthwise = std::get<Depthwise>(operation);
    const std::vector<float>&bias = depthwise.bias.floats(), weights = depthwise.weights.values();
    const Signature& types = kernel.signature;
    const NumberWriter biases(types.accumulator, packed);
    const NumberWriter taps(types.weight, packed + std::int64_t(bias.size()) * bytes_of(types.accumulator));
    for (std::size_t at = 0; at < bias.size(); ++at) biases.put(std::int64_t(at), bias[at]);
    for (std::size_t at = 0; at < weights.size(); ++at) taps.put(std::int64_t(at), weights[at]);
}

std::string packing_of(const DepthwiseKernel& kind, const Kernel& kernel, const Target&) {
    return fmt::format("bias [{0}], then [{1}][{2}][{0}]{3}", kernel.input().channels, kind.window.rows.kernel,
                       kind.window.columns.kernel, packing_types(kernel));
}

std::optional<LayerShape> layer_shape(const DepthwiseKernel&, const Kernel& kernel) {
    return LayerShape{LayerShape::Kind::depthwise, {}, {}, 0, 0, {kernel.output().channels}};
}

void make_compact(DepthwiseKernel& kind, const Target&) { kind.pixels = 1; }

}  // namespace ssdgen
