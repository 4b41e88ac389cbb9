#include "plan/kernels/average_pool.h"

#include "graph/shapes.h"
#include "plan/names.h"

#include <fmt/format.h>

namespace ssdgen {

Kernel make_average_pool(const KernelMaker& maker, const AveragePool& pool) {
    Kernel kernel = maker.start({});
    kernel.kind = AveragePoolKernel{pool.window, pool.signed_numbers};
    return kernel;
}

Window window_of(const AveragePoolKernel& kind, const Kernel&) { return kind.window; }

int units_of(const AveragePoolKernel&, const Kernel& kernel) { return kernel.output().height; }

std::string name_of(const AveragePoolKernel& kind, const Kernel& kernel, const Target&) {
    return "average_pool_" + to_string(kernel.input()) + window_name(kind.window);
}

/// One size serves all.
std::string tile_of(const AveragePoolKernel&, const Target& target) {
    return fmt::format("1x{}", vector_unit(target, Element::f32).lanes);
}

std::int64_t packed_size(const AveragePoolKernel&, const Kernel&, const Target&) { return 0; }

void pack(const AveragePoolKernel&, const Kernel&, const Target&, const Operation&, std::byte*) {}

std::string packing_of(const AveragePoolKernel&, const Kernel&, const Target&) { return "none"; }

/// It leaves nothing to choose.
std::optional<LayerShape> layer_shape(const AveragePoolKernel&, const Kernel&) { return {}; }

void make_compact(AveragePoolKernel&, const Target&, Element) {}

}  // namespace ssdgen
