#include "plan/kernels/pointwise.h"

#include "graph/shapes.h"
#include "plan/kernels/product.h"
#include "plan/names.h"
#include "plan/schedule/schedule.h"

#include <algorithm>
#include <utility>

namespace ssdgen {

namespace {

std::int64_t terms_of(const Kernel& kernel) { return terms(window_of(PointwiseKernel{}, kernel), kernel); }

}  // namespace

Kernel make_pointwise(const KernelMaker& maker, const Convolution& convolution) {
    Kernel kernel = maker.start({convolution.activation}, convolution.weights.element());
    const Shape &input = kernel.input(), &output = kernel.output();
    if (maker.in_stream) kernel.stream_rows = schedule_stream_rows(maker.target, output, input.channels);
    const ScheduleChoice tuned = maker.tuning.choice(kernel).value_or(ScheduleChoice{});
    if (tuned.stream_rows) kernel.stream_rows = tuned.stream_rows;
    const int row = output.width * (maker.in_stream ? kernel.stream_rows : output.height);
    PointwiseKernel kind;
    kind.blocks = product_blocks(maker, kernel, row, terms_of(kernel), tuned);
    if (maker.in_stream) {
        kind.row_pixels = output.width;
        fetch_next_weights(maker, kernel, Split::rows, terms_of(kernel), kind.blocks);
    } else {
        kind.split = choose_split(maker.target, kernel, convolution.window, kind.blocks);
        // One tile, so that units are shared out evenly.
        kind.row_pixels = kind.split == Split::channels ? row : std::min(kind.blocks.back().pixels, row);
        fetch_next_weights(maker, kernel, kind.split, terms_of(kernel), kind.blocks);
    }
    kernel.kind = std::move(kind);
    return kernel;
}

Window window_of(const PointwiseKernel&, const Kernel& kernel) {
    return {{1, 1, 1, 0, 0, kernel.output().height}, {1, 1, 1, 0, 0, kernel.output().width}};
}

int units_of(const PointwiseKernel& kind, const Kernel& kernel) {
    if (kind.split == Split::channels) return int(kind.blocks.size());
    return (kernel.output().height * kernel.output().width + kind.row_pixels - 1) / kind.row_pixels;
}

std::string name_of(const PointwiseKernel& kind, const Kernel& kernel, const Target& target) {
    return "pointwise_" + to_string(kernel.input()) + product_stem(kernel) + "_tile" + tile_of(kind, target);
}

std::string tile_of(const PointwiseKernel& kind, const Target& target) { return product_tile(kind.blocks, target); }

std::int64_t packed_size(const PointwiseKernel& kind, const Kernel& kernel, const Target& target) {
    return packed_product(kernel, kind.blocks, terms_of(kernel), target);
}

void pack(const PointwiseKernel& kind, const Kernel& kernel, const Target& target, const Operation& operation,
          std::byte* packed) {
    pack_product(kernel, kind.blocks, terms_of(kernel), target, std::get<Convolution>(operation), packed);
}

std::string packing_of(const PointwiseKernel& kind, const Kernel& kernel, const Target& target) {
    return product_packing(kind.blocks, window_of(kind, kernel), kernel, target);
}

std::optional<LayerShape> layer_shape(const PointwiseKernel&, const Kernel& kernel) {
    return LayerShape{LayerShape::Kind::pointwise, {}, {}, 0, 0, output_channels(kernel)};
}

void make_compact(PointwiseKernel& kind, const Target& target, Element operand) {
    compact_product(kind.blocks, target, operand);
}

}  // namespace ssdgen
