#include "plan/pack.h"

#include "support/error.h"

#include <algorithm>
#include <numeric>

namespace ssdgen {

namespace {

std::int64_t taps(const ConvolutionKernel& kernel) {
    return std::int64_t(kernel.window.rows.kernel) * kernel.window.columns.kernel * kernel.input.channels;
}

void pack_block(const Target& target, const ConvolutionKernel& kernel, const ChannelBlock& block, int first_row,
                const Convolution& convolution, float* packed) {
    const std::int64_t count = taps(kernel);
    const int width = block.vectors * vector_unit(target, Element::f32).lanes;
    const float* bias = convolution.bias.data() + first_row;
    std::copy(bias, bias + block.channels, packed);
    packed += width;
    for (int channel = 0; channel < block.channels; ++channel) {
        const float* row = convolution.weights.data() + (first_row + channel) * count;
        for (std::int64_t tap = 0; tap < count; ++tap) packed[tap * width + channel] = row[tap];
    }
}

void pack_convolution(const Target& target, const ConvolutionKernel& kernel, const Convolution& convolution,
                      float* packed) {
    for (const ChannelBlock& block : kernel.blocks) {
        const auto outputs = kernel.output_channels.begin();
        const int first_row = std::accumulate(outputs, outputs + block.output, 0) + block.first_channel;
        pack_block(target, kernel, block, first_row, convolution, packed + block.weights);
    }
}

}  // namespace

std::int64_t packed_size(const Target& target, const KernelSpec& kernel) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel)) {
        const ChannelBlock& last = convolution->blocks.back();
        return last.weights + last.vectors * vector_unit(target, Element::f32).lanes * (1 + taps(*convolution));
    }
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel))
        return std::int64_t(depthwise->input.channels) *
               (1 + depthwise->window.rows.kernel * depthwise->window.columns.kernel);
    return 0;
}

void pack_weights(const Target& target, const KernelSpec& kernel, const Operation& operation, float* packed) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel)) {
        pack_convolution(target, *convolution, std::get<Convolution>(operation), packed);
    } else if (std::holds_alternative<DepthwiseKernel>(kernel)) {
        const Depthwise& depthwise = std::get<Depthwise>(operation);
        packed = std::copy(depthwise.bias.begin(), depthwise.bias.end(), packed);
        std::copy(depthwise.weights.begin(), depthwise.weights.end(), packed);
    }
}

}  // namespace ssdgen
