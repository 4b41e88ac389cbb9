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
#include "plan/whole_numbers.h"
#include "support/error.h"

#include <algorithm>
#include <type_traits>

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

template <class Kind>
constexpr bool has_blocks =
    std::is_same_v<Kind, PointwiseKernel> || std::is_same_v<Kind, WindowKernel> || std::is_same_v<Kind, PictureKernel>;

MapView view_of(const Graph& graph, TensorId tensor) {
    return {shape_of(graph, tensor), shape_of(graph, place_in_whole(graph, tensor).whole).channels};
}

}  // namespace

Kernel KernelMaker::start(const Epilogue& epilogue, Element weight) const {
    Kernel kernel;
    for (const TensorId id : node.inputs) kernel.inputs.push_back(view_of(graph, id));
    for (const TensorId id : node.outputs) kernel.outputs.push_back(view_of(graph, id));
    if (graph.requantization) {
        kernel.signature = {Element::u8, Element::s8, Element::s32, Element::u8};
        kernel.whole = whole_numbers_of(graph, node, epilogue.activation);
        return kernel;
    }
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
                          steps_name(kernel) + rows_name(kernel.stream_rows) +
                          (kernel.whole ? whole_name(kernel) : signature_name(kernel.signature)));
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

std::string describe_packing(const Target& target, const Kernel& kernel, int output) {
    Kernel part = kernel;
    std::visit(
        [&](auto& kind) {
            if constexpr (has_blocks<std::decay_t<decltype(kind)>>) {
                auto& blocks = kind.blocks;
                const auto is_other = [&](const ChannelBlock& block) { return block.output != output; };
                blocks.erase(std::remove_if(blocks.begin(), blocks.end(), is_other), blocks.end());
            }
        },
        part.kind);
    return describe_packing(target, part);
}

ChannelPlace PackedBlock::place(const Signature& signature, int channel) const {
    const int bias = bytes_of(signature.accumulator), weight = bytes_of(signature.weight);
    return {std::int64_t(channel) * bias, std::int64_t(width) * bias + std::int64_t(channel) * weight,
            std::int64_t(width) * weight};
}

std::vector<PackedBlock> packed_blocks(const Target& target, const Kernel& kernel) {
    const std::int64_t size = packed_size(target, kernel);
    if (size == 0) return {};
    const std::vector<ChannelBlock>* blocks = blocks_of(kernel);
    const int channels = kernel.output().channels;
    if (!blocks) return {{0, 0, channels, channels, 0, size}};
    const int lanes = vector_unit(target, Element::f32).lanes;
    std::vector<PackedBlock> packed;
    for (std::size_t index = 0; index < blocks->size(); ++index) {
        const ChannelBlock& block = (*blocks)[index];
        const std::int64_t end = index + 1 < blocks->size() ? (*blocks)[index + 1].weights : size;
        packed.push_back({block.output, block.first_channel, block.channels, block.vectors * lanes, block.weights,
                          end - block.weights});
    }
    return packed;
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
    shape->whole = kernel.whole.has_value();
    return shape;
}

void make_compact(Kernel& kernel, const Target& target) {
    std::visit([&](auto& kind) { make_compact(kind, target, operand_of(kernel)); }, kernel.kind);
}

StagedInput staged_input(const Kernel& kernel, const PictureKernel& picture) {
    StagedInput staged{kernel.input(), picture.window};
    for (WindowAxis* axis : {&staged.window.rows, &staged.window.columns}) axis->before = axis->after = 0;
    staged.map.height = extent(staged.window.rows, kernel.output().height);
    staged.map.width = extent(staged.window.columns, kernel.output().width);
    return staged;
}

}  // namespace ssdgen
