#include "plan/kernels/window.h"

#include "graph/shapes.h"
#include "plan/kernels/product.h"
#include "plan/names.h"
#include "plan/schedule/schedule.h"

#include <utility>

namespace ssdgen {

Kernel make_window(const KernelMaker& maker, const Convolution& convolution) {
    Kernel kernel = maker.start({convolution.activation}, convolution.weights.element());
    if (maker.in_stream) kernel.stream_rows = 1;
    WindowKernel kind;
    kind.window = convolution.window;
    kernel.kind = kind;  // what the tuning asks
    const ScheduleChoice tuned = maker.tuning.choice(kernel).value_or(ScheduleChoice{});
    kind.blocks = product_blocks(maker, kernel, kernel.output().width, terms(kind.window, kernel), tuned);
    if (!maker.in_stream) {
        kind.split = choose_split(maker.target, kernel, kind.window, kind.blocks);
        fetch_next_weights(maker, kernel, kind.split, terms(kind.window, kernel), kind.blocks);
    }
    kernel.kind = std::move(kind);
    return kernel;
}

Window window_of(const WindowKernel& kind, const Kernel&) { return kind.window; }

int units_of(const WindowKernel& kind, const Kernel& kernel) {
    return kind.split == Split::channels ? int(kind.blocks.size()) : kernel.output().height;
}

std::string name_of(const WindowKernel& kind, const Kernel& kernel, const Target& target) {
    return "conv_" + to_string(kernel.input()) + window_name(kind.window) + product_stem(kernel) + "_tile" +
           tile_of(kind, target);
}

std::string tile_of(const WindowKernel& kind, const Target& target) { return product_tile(kind.blocks, target); }

std::int64_t packed_size(const WindowKernel& kind, const Kernel& kernel, const Target& target) {
    return packed_product(kernel, kind.blocks, terms(kind.window, kernel), target);
}

void pack(const WindowKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed) {
    pack_product(kernel, kind.blocks, terms(kind.window, kernel), target, std::get<Convolution>(operation), packed);
}

std::string packing_of(const WindowKernel& kind, const Kernel& kernel, const Target& target) {
    return product_packing(kind.blocks, kind.window, kernel, target);
}

std::optional<LayerShape> layer_shape(const WindowKernel&, const Kernel& kernel) {
    return LayerShape{LayerShape::Kind::convolution, {}, {}, 0, 0, output_channels(kernel)};
}

void make_compact(WindowKernel& kind, const Target& target, Element operand) {
    compact_product(kind.blocks, target, operand);
}

}  // namespace ssdgen
