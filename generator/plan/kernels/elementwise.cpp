#include "plan/kernels/elementwise.h"

#include "graph/shapes.h"
#include "plan/names.h"
#include "plan/whole_numbers.h"

#include <fmt/format.h>

#include <utility>

namespace ssdgen {

Kernel make_elementwise(const KernelMaker& maker, const Add& add) {
    Kernel kernel = maker.start({add.activation});
    kernel.epilogue.adds_input = false;  // no input comes after others
    kernel.stream_rows = maker.in_stream ? 1 : 0;
    ElementwiseKernel kind;
    if (kernel.whole && kernel.inputs.size() > 1) kind.scaled = scaled_sum(maker.graph, maker.node);
    kernel.kind = std::move(kind);
    return kernel;
}

Window window_of(const ElementwiseKernel&, const Kernel& kernel) {
    Window window;
    window.rows.output = kernel.output().height;
    window.columns.output = kernel.output().width;
    return window;
}

int units_of(const ElementwiseKernel&, const Kernel& kernel) { return kernel.output().height; }

std::string name_of(const ElementwiseKernel&, const Kernel& kernel, const Target&) {
    const std::string kind = kernel.inputs.size() == 1 ? "copy" : fmt::format("add{}", kernel.inputs.size());
    return kind + "_" + to_string(kernel.output()) + epilogue_name(kernel.epilogue);
}

/// One size serves all.
std::string tile_of(const ElementwiseKernel&, const Target& target) {
    return fmt::format("1x{}", vector_unit(target, Element::f32).lanes);
}

std::int64_t packed_size(const ElementwiseKernel&, const Kernel&, const Target&) { return 0; }

void pack(const ElementwiseKernel&, const Kernel&, const Target&, const Operation&, std::byte*) {}

std::string packing_of(const ElementwiseKernel&, const Kernel&, const Target&) { return "none"; }

/// It leaves nothing to choose.
std::optional<LayerShape> layer_shape(const ElementwiseKernel&, const Kernel&) { return {}; }

void make_compact(ElementwiseKernel&, const Target&, Element) {}

}  // namespace ssdgen
