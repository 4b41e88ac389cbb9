#include "plan/kernels/max_pool.h"

#include "graph/shapes.h"
#include "plan/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace ssdgen {

namespace {

/// Neighbours share the columns under their windows, and none where windows stand apart. Their maxima and one column
/// are held at once.
int tile_pixels(const Target& target, const Window& window, int row) {
    const bool shares = window.columns.kernel > window.columns.stride;
    const int room = vector_unit(target, Element::f32).registers - 3;
    return std::clamp(shares ? std::min(room, 8) : 4, 1, row);
}

}  // namespace

Kernel make_max_pool(const KernelMaker& maker, const MaxPool& pool) {
    Kernel kernel = maker.start({});
    kernel.stream_rows = maker.in_stream ? 1 : 0;
    kernel.kind = MaxPoolKernel{pool.window, tile_pixels(maker.target, pool.window, kernel.output().width)};
    return kernel;
}

Window window_of(const MaxPoolKernel& kind, const Kernel&) { return kind.window; }

int units_of(const MaxPoolKernel&, const Kernel& kernel) { return kernel.output().height; }

std::string name_of(const MaxPoolKernel& kind, const Kernel& kernel, const Target& target) {
    return "max_pool_" + to_string(kernel.input()) + window_name(kind.window) + "_tile" + tile_of(kind, target);
}

std::string tile_of(const MaxPoolKernel& kind, const Target& target) {
    return fmt::format("{}x{}", kind.pixels, vector_unit(target, Element::f32).lanes);
}

std::int64_t packed_size(const MaxPoolKernel&, const Kernel&, const Target&) { return 0; }

void pack(const MaxPoolKernel&, const Kernel&, const Target&, const Operation&, std::byte*) {}

std::string packing_of(const MaxPoolKernel&, const Kernel&, const Target&) { return "none"; }

/// The model alone chooses the tile.
std::optional<LayerShape> layer_shape(const MaxPoolKernel&, const Kernel&) { return {}; }

void make_compact(MaxPoolKernel& kind, const Target&, Element) { kind.pixels = 1; }

}  // namespace ssdgen
