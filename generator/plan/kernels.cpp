#include "plan/kernels.h"

#include "graph/shapes.h"
#include "plan/schedule/schedule.h"
#include "support/error.h"

#include <algorithm>
#include <type_traits>

namespace ssdgen {

namespace {

std::int64_t weight_bytes(const ConvolutionKernel& kernel) {
    std::int64_t channels = 0;
    for (int count : kernel.output_channels) channels += count;
    return channels * kernel.input.channels * kernel.window.rows.kernel * kernel.window.columns.kernel * 4;
}

/// Small maps are divided among channel blocks, so that every weight is read once by one thread. Large ones are divided
/// among rows: a thread then finds in its own cache what it made in the layer before.
Split choose_split(const Target& target, const ConvolutionKernel& kernel) {
    if (!kernel.input_mean.empty()) return Split::rows;
    const std::int64_t bytes = std::int64_t(kernel.input.height) * kernel.input.width * kernel.input.channels * 4;
    const int pixels = kernel.output_height * kernel.output_width;
    const bool few_blocks = kernel.blocks.size() < 4 && pixels >= 16;  // too few to be shared out evenly
    if (!few_blocks && (bytes <= target.caches.l2_bytes / 4 || pixels < 150)) return Split::channels;
    return weight_bytes(kernel) > target.caches.l2_bytes / 4 ? Split::rows_for_each_block : Split::rows;
}

KernelSpec make_convolution(const Graph& graph, const Node& node, const Convolution& operation, const Target& target,
                            bool in_stream, const Tuning& tuning) {
    const Shape input = shape_of(graph, node.inputs[0]);
    const Shape output = shape_of(graph, node.outputs[0]);
    const Window& window = operation.window;
    ConvolutionKernel kernel;
    kernel.input = input;
    kernel.output_height = output.height;
    kernel.output_width = output.width;
    for (TensorId id : node.outputs) kernel.output_channels.push_back(shape_of(graph, id).channels);
    kernel.window = window;
    kernel.activation = operation.activation;
    kernel.input_mean = operation.input_mean;
    const bool flat = is_pointwise(window) && kernel.input_mean.empty();
    if (in_stream) kernel.stream_rows = flat ? schedule_stream_rows(target, output, input.channels) : 1;
    const ScheduleChoice tuned = tuning.choice(kernel).value_or(ScheduleChoice{});
    if (tuned.stream_rows) kernel.stream_rows = tuned.stream_rows;
    const int row = !flat ? output.width : output.width * (in_stream ? kernel.stream_rows : output.height);
    kernel.blocks = schedule_blocks(target, kernel.output_channels, row,
                                    window.rows.kernel * window.columns.kernel * input.channels, tuned);
    kernel.split = in_stream ? Split::rows : choose_split(target, kernel);
    if (flat && in_stream)
        kernel.row_pixels = output.width;
    else if (flat && kernel.split != Split::channels)
        kernel.row_pixels =
            std::min(kernel.blocks.back().pixels, row);  // one tile, so that units are shared out evenly
    else if (flat)
        kernel.row_pixels = row;
    return kernel;
}

bool same_block(const ChannelBlock& a, const ChannelBlock& b) {
    return a.output == b.output && a.first_channel == b.first_channel && a.channels == b.channels &&
           a.vectors == b.vectors && a.pixels == b.pixels && a.weights == b.weights;
}

bool same(const ConvolutionKernel& a, const ConvolutionKernel& b) {
    return a.input == b.input && a.output_height == b.output_height && a.output_width == b.output_width &&
           a.output_channels == b.output_channels && a.window == b.window && a.activation == b.activation &&
           a.input_mean == b.input_mean && a.split == b.split && a.row_pixels == b.row_pixels &&
           a.stream_rows == b.stream_rows &&
           std::equal(a.blocks.begin(), a.blocks.end(), b.blocks.begin(), b.blocks.end(), same_block);
}

bool same(const DepthwiseKernel& a, const DepthwiseKernel& b) {
    return a.input == b.input && a.output == b.output && a.window == b.window && a.activation == b.activation &&
           a.pixels == b.pixels && a.stream_rows == b.stream_rows;
}

bool same(const AveragePoolKernel& a, const AveragePoolKernel& b) {
    return a.input == b.input && a.output == b.output && a.window == b.window;
}

int row_units(const ConvolutionKernel& kernel) {
    if (!kernel.row_pixels) return kernel.output_height;
    return (kernel.output_height * kernel.output_width + kernel.row_pixels - 1) / kernel.row_pixels;
}

}  // namespace

KernelSpec make_kernel(const Graph& graph, const Node& node, const Target& target, bool in_stream,
                       const Tuning& tuning) {
    const Shape input = shape_of(graph, node.inputs[0]);
    const Shape output = shape_of(graph, node.outputs[0]);
    if (const auto* convolution = std::get_if<Convolution>(&node.operation))
        return make_convolution(graph, node, *convolution, target, in_stream, tuning);
    if (const auto* depthwise = std::get_if<Depthwise>(&node.operation)) {
        DepthwiseKernel kernel{input,
                               output,
                               depthwise->window,
                               depthwise->activation,
                               schedule_depthwise_pixels(target, depthwise->window, output.width, input.channels),
                               in_stream ? 1 : 0};
        if (const auto tuned = tuning.choice(kernel)) kernel.pixels = tuned->pixels;
        return kernel;
    }
    if (const auto* pool = std::get_if<AveragePool>(&node.operation))
        return AveragePoolKernel{input, output, pool->window};
    throw InternalError("internal error: broken invariant: a lowered graph holds kernels only, not " + node.name);
}

bool same_kernel(const KernelSpec& a, const KernelSpec& b) {
    return std::visit(
        [](const auto& first, const auto& second) {
            if constexpr (std::is_same_v<decltype(first), decltype(second)>)
                return same(first, second);
            else
                return false;
        },
        a, b);
}

int kernel_units(const KernelSpec& kernel) {
    if (kernel_stream_rows(kernel)) return kernel_output(kernel).height;
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel))
        return convolution->split == Split::channels ? int(convolution->blocks.size()) : row_units(*convolution);
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel)) return depthwise->output.height;
    return std::get<AveragePoolKernel>(kernel).output.height;
}

StagedInput staged_input(const ConvolutionKernel& kernel) {
    StagedInput staged{kernel.input, kernel.window};
    if (kernel.input_mean.empty()) return staged;
    for (WindowAxis* axis : {&staged.window.rows, &staged.window.columns}) axis->before = axis->after = 0;
    staged.map.height = extent(staged.window.rows, kernel.output_height);
    staged.map.width = extent(staged.window.columns, kernel.output_width);
    return staged;
}

const Window& kernel_window(const KernelSpec& kernel) {
    return std::visit([](const auto& one) -> const Window& { return one.window; }, kernel);
}

int kernel_stream_rows(const KernelSpec& kernel) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel)) return convolution->stream_rows;
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel)) return depthwise->stream_rows;
    return 0;
}

Shape kernel_input(const KernelSpec& kernel) {
    return std::visit([](const auto& one) { return one.input; }, kernel);
}

Shape kernel_output(const KernelSpec& kernel) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel))
        return {convolution->output_height, convolution->output_width, convolution->output_channels[0]};
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel)) return depthwise->output;
    return std::get<AveragePoolKernel>(kernel).output;
}

}  // namespace ssdgen
