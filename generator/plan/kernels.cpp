#include "plan/kernels.h"

#include "graph/shapes.h"
#include "graph/slices.h"
#include "plan/kernels/average_pool.h"
#include "plan/kernels/depthwise.h"
#include "plan/kernels/elementwise.h"
#include "plan/kernels/max_pool.h"
#include "plan/kernels/picture.h"
#include "plan/kernels/pointwise.h"
#include "plan/kernels/product.h"
#include "plan/kernels/window.h"
#include "plan/names.h"
#include "support/error.h"

namespace ssdgen {

namespace {

/// The kernel of a lowered operation.
struct MakeKernel {
    const KernelMaker& maker;

    Kernel operator()(const Convolution& convolution) const { return make_convolution(maker, convolution); }
    Kernel operator()(const Depthwise& depthwise) const { return make_depthwise(maker, depthwise); }
    Kernel operator()(const AveragePool& pool) const { return make_average_pool(maker, pool); }
    Kernel operator()(const MaxPool& pool) const { return make_max_pool(maker, pool); }
    Kernel operator()(const Add& add) const { return make_elementwise(maker, add); }
    Kernel operator()(const Normalise&) const { return fail(); }
    Kernel operator()(const FullyConnected&) const { return fail(); }
    Kernel operator()(const Concat&) const { return fail(); }
    Kernel operator()(const Softmax&) const { return fail(); }

    Kernel fail() const {
        throw InternalError("internal error: broken invariant: a lowered graph holds kernels only, not " +
                            maker.node.name);
    }
};

}  // namespace

namespace {

MapView view_of(const Graph& graph, TensorId tensor) {
    return {shape_of(graph, tensor), shape_of(graph, place_in_whole(graph, tensor).whole).channels};
}

}  // namespace

Kernel KernelMaker::start(const Epilogue& epilogue, Element weight) const {
    Kernel kernel;
    for (const TensorId id : node.inputs) kernel.inputs.push_back(view_of(graph, id));
    for (const TensorId id : node.outputs) kernel.outputs.push_back(view_of(graph, id));
    kernel.epilogue = epilogue;
    kernel.epilogue.adds_input = node.inputs.size() > 1;
    kernel.signature.weight = weight;
    return kernel;
}

Kernel make_kernel(const Graph& graph, const Node& node, const Target& target, bool in_stream, const Tuning& tuning) {
    return std::visit(MakeKernel{{graph, node, target, in_stream, tuning}}, node.operation);
}

Window kernel_window(const Kernel& kernel) {
    return std::visit([&](const auto& kind) { return window_of(kind, kernel); }, kernel.kind);
}

int kernel_units(const Kernel& kernel) {
    if (kernel.stream_rows) return kernel.output().height;
    return std::visit([&](const auto& kind) { return units_of(kind, kernel); }, kernel.kind);
}

std::string kernel_name(const Kernel& kernel, const Target& target) {
    return shortened_name(std::visit([&](const auto& kind) { return name_of(kind, kernel, target); }, kernel.kind) +
                          steps_name(kernel) + rows_name(kernel.stream_rows) + signature_name(kernel.signature));
}

std::string tile_name(const Kernel& kernel, const Target& target) {
    return std::visit([&](const auto& kind) { return tile_of(kind, target); }, kernel.kind);
}

std::int64_t packed_size(const Target& target, const Kernel& kernel) {
    return std::visit([&](const auto& kind) { return packed_size(kind, kernel, target); }, kernel.kind);
}

void pack_weights(const Target& target, const Kernel& kernel, const Operation& operation, std::byte* packed) {
    std::visit([&](const auto& kind) { pack(kind, kernel, target, operation, packed); }, kernel.kind);
}

std::string describe_packing(const Target& target, const Kernel& kernel) {
    return std::visit([&](const auto& kind) { return packing_of(kind, kernel, target); }, kernel.kind);
}

std::optional<LayerShape> layer_shape(const Kernel& kernel) {
    std::optional<LayerShape> shape =
        std::visit([&](const auto& kind) { return layer_shape(kind, kernel); }, kernel.kind);
    if (!shape) return {};
    shape->input = kernel.input();
    shape->window = kernel_window(kernel);
    for (WindowAxis* axis : {&shape->window.rows, &shape->window.columns}) axis->before = axis->after = 0;
    shape->output_height = kernel.output().height;
    shape->output_width = kernel.output().width;
    shape->stream = kernel.stream_rows > 0;
    return shape;
}

void make_compact(Kernel& kernel, const Target& target) {
    std::visit([&](auto& kind) { make_compact(kind, target); }, kernel.kind);
}

StagedInput staged_input(const Kernel& kernel, const PictureKernel& picture) {
    StagedInput staged{kernel.input(), picture.window};
    for (WindowAxis* axis : {&staged.window.rows, &staged.window.columns}) axis->before = axis->after = 0;
    staged.map.height = extent(staged.window.rows, kernel.output().height);
    staged.map.width = extent(staged.window.columns, kernel.output().width);
    return staged;
}

}  // namespace ssdgen
