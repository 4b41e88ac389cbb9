#include "plan/compact.h"

#include "plan/kernels.h"

#include <algorithm>

namespace ssdgen {

std::vector<int> compact_tiles(const Target& target, int vectors) {
    // The sums, one step's weights and one broadcast input.
    const int most = std::clamp((vector_unit(target, Element::f32).registers - vectors - 1) / vectors, 1, 12);
    return {most, std::max(most / 2, 1), 1};
}

namespace {

CompactLayer compact_kind(const PointwiseKernel& kind, const Kernel& kernel) {
    return CompactConvolution{kernel.input(), kernel.outputs, kernel_window(kernel), kernel.epilogue.activation,
                              kind.blocks,    kind.split,     kind.row_pixels};
}

CompactLayer compact_kind(const WindowKernel& kind, const Kernel& kernel) {
    return CompactConvolution{kernel.input(), kernel.outputs, kind.window, kernel.epilogue.activation,
                              kind.blocks,    kind.split};
}

CompactLayer compact_kind(const PictureKernel& kind, const Kernel& kernel) {
    const StagedInput staged = staged_input(kernel, kind);
    return CompactConvolution{staged.map, kernel.outputs, staged.window, kernel.epilogue.activation, kind.blocks};
}

CompactLayer compact_kind(const DepthwiseKernel& kind, const Kernel& kernel) {
    return CompactDepthwise{kernel.input(), kernel.output(), kind.window, kernel.epilogue.activation};
}

CompactLayer compact_kind(const AveragePoolKernel&, const Kernel&) { return {}; }

CompactLayer compact_kind(const MaxPoolKernel&, const Kernel&) { return {}; }

CompactLayer compact_kind(const ElementwiseKernel&, const Kernel&) { return {}; }

bool is_uneven(const Window& window) {
    return !is_equal_both_ways(stride_of(window)) || !is_equal_both_ways(dilation_of(window));
}

/// Whether a layer's window is.
struct IsUneven {
    bool operator()(const std::monostate&) const { return false; }
    bool operator()(const CompactConvolution& layer) const { return is_uneven(layer.window); }
    bool operator()(const CompactDepthwise& layer) const { return is_uneven(layer.window); }
};

}  // namespace

CompactLayer compact_layer(const Kernel& kernel) {
    // The compact kernels take whole maps and add nothing.
    const auto is_slice = [](const MapView& map) { return !map.is_dense(); };
    if (kernel.epilogue.adds_input || std::any_of(kernel.inputs.begin(), kernel.inputs.end(), is_slice) ||
        std::any_of(kernel.outputs.begin(), kernel.outputs.end(), is_slice))
        return {};
    return std::visit([&](const auto& kind) { return compact_kind(kind, kernel); }, kernel.kind);
}

bool has_uneven_windows(const std::vector<CompactLayer>& layers) {
    return std::any_of(layers.begin(), layers.end(),
                       [](const CompactLayer& layer) { return std::visit(IsUneven{}, layer); });
}

}  // namespace ssdgen
