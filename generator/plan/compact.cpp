#include "plan/compact.h"

#include "plan/kernels.h"

#include <algorithm>

namespace ssdgen {

std::vector<int> compact_tiles(const Target& target, int vectors, Element operand) {
    // The sums, one step's weights and one broadcast input; what is split takes two registers, and some to split it.
    const VectorUnit& unit = vector_unit(target, operand);
    const int beside = unit.split ? 2 * vectors + 4 : vectors + 1;
    const int most = std::clamp((unit.registers - beside) / vectors, 1, 12);
    return {most, std::max(most / 2, 1), 1};
}

namespace {

int addend_step(const Kernel& kernel) { return kernel.epilogue.adds_input ? kernel.inputs.back().pixel_stride : 0; }

CompactLayer compact_kind(const PointwiseKernel& kind, const Kernel& kernel) {
    return CompactConvolution{kernel.inputs[0],           kernel.outputs, addend_step(kernel), kernel_window(kernel),
                              kernel.epilogue.activation, kind.blocks,    kind.split,          kind.row_pixels};
}

CompactLayer compact_kind(const WindowKernel& kind, const Kernel& kernel) {
    return CompactConvolution{kernel.inputs[0],           kernel.outputs, addend_step(kernel), kind.window,
                              kernel.epilogue.activation, kind.blocks,    kind.split};
}

CompactLayer compact_kind(const PictureKernel& kind, const Kernel& kernel) {
    const StagedInput staged = staged_input(kernel, kind);
    return CompactConvolution{dense(staged.map),          kernel.outputs, addend_step(kernel), staged.window,
                              kernel.epilogue.activation, kind.blocks,    Split::rows,         0,
                              kernel.whole.has_value()};
}

CompactLayer compact_kind(const DepthwiseKernel& kind, const Kernel& kernel) {
    return CompactDepthwise{kernel.inputs[0], kernel.outputs[0], addend_step(kernel), kind.window,
                            kernel.epilogue.activation};
}

CompactLayer compact_kind(const AveragePoolKernel&, const Kernel&) { return {}; }

CompactLayer compact_kind(const MaxPoolKernel&, const Kernel&) { return {}; }

CompactLayer compact_kind(const ElementwiseKernel&, const Kernel&) { return {}; }

}  // namespace

CompactLayer compact_layer(const Kernel& kernel) {
    return std::visit([&](const auto& kind) { return compact_kind(kind, kernel); }, kernel.kind);
}

}  // namespace ssdgen
