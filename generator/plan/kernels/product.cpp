#include "plan/kernels/product.h"

#include "graph/shapes.h"
#include "plan/compact.h"
#include "plan/kernels.h"
#include "plan/kernels/picture.h"
#include "plan/kernels/pointwise.h"
#include "plan/kernels/window.h"
#include "plan/names.h"
#include "plan/packing.h"
#include "plan/schedule/schedule.h"
#include "plan/whole_numbers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace ssdgen {

namespace {

std::int64_t weight_bytes(const Kernel& kernel, const Window& window) {
    // Floats of any type are divided alike, as it was measured.
    const Element stored = kernel.whole ? Element::s8 : Element::f32;
    const std::vector<int> channels = output_channels(kernel);
    return std::accumulate(channels.begin(), channels.end(), std::int64_t{0}) * terms(window, kernel) *
           bytes_of(stored);
}

int width_of(const ChannelBlock& block, const Target& target) {
    return block.vectors * vector_unit(target, Element::f32).lanes;
}

/// rows: the weights of the block's channels, [channels][terms].
void pack_block(const Signature& signature, const ChannelBlock& block, int width, std::int64_t terms, const float* bias,
                const float* rows, std::byte* packed) {
    const NumberWriter biases(signature.accumulator, packed);
    const NumberWriter weights(signature.weight, packed + width * bytes_of(signature.accumulator));
    for (int channel = 0; channel < block.channels; ++channel) {
        biases.put(channel, bias[channel]);
        for (std::int64_t term = 0; term < terms; ++term)
            weights.put(term * width + channel, rows[channel * terms + term]);
    }
}

/// Where a tap's weights begin among the terms that are stored, and so many follow.
struct Stretch {
    std::int64_t from = 0, stored = 0, count = 0;
};

/// The stretches of whole numbers that fill up fours, `stored_terms` in all.
std::vector<Stretch> stretches_of(const Kernel& kernel, const Window& window, std::int64_t stored) {
    const std::int64_t all = taps(window) * kernel.input().channels;
    const bool picture = std::holds_alternative<PictureKernel>(kernel.kind);
    const std::int64_t count = picture ? all / window.rows.kernel : kernel.input().channels;
    const std::int64_t place = stored / (all / count);
    std::vector<Stretch> stretches;
    for (std::int64_t index = 0; index < all / count; ++index)
        stretches.push_back({index * count, index * place, count});
    return stretches;
}

/// first: the output channel of the block's first, counted over all outputs.
void pack_whole_block(const Kernel& kernel, const ChannelBlock& block, int lanes, int first,
                      const std::vector<Stretch>& stretches, const WholeWeights& weights, std::byte* packed) {
    const int width = block.vectors * lanes;
    HeaderWriter header(kernel, width, packed);
    std::byte* const numbers = packed + std::ptrdiff_t(header_rows(kernel)) * width * 4;
    const Stretch& last = stretches.back();
    const std::size_t terms = std::size_t(last.from + last.count);
    for (int slot = 0; slot < width; ++slot) {
        const int channel = channel_of_slot(block.vectors, lanes, slot);
        if (channel >= block.channels) continue;
        const std::size_t out = std::size_t(first + channel);
        header.put(slot, out, weights);
        const std::int8_t* const row = weights.weights.data() + out * terms;
        for (const Stretch& stretch : stretches)
            for (std::int64_t term = 0; term < stretch.count; ++term) {
                const std::int64_t place = stretch.stored + term;
                numbers[(place / terms_at_once * width + slot) * terms_at_once + place % terms_at_once] =
                    std::byte(row[stretch.from + term]);
            }
    }
}

}  // namespace

Kernel make_convolution(const KernelMaker& maker, const Convolution& convolution) {
    const bool takes_bytes = maker.graph.requantization && maker.node.inputs[0] == maker.graph.input;
    if (takes_bytes || !convolution.input_mean.empty()) return make_picture(maker, convolution);
    return is_pointwise(convolution.window) ? make_pointwise(maker, convolution) : make_window(maker, convolution);
}

std::int64_t terms(const Window& window, const Kernel& kernel) { return stored_terms(window, kernel); }

std::vector<int> output_channels(const Kernel& kernel) {
    std::vector<int> channels;
    for (const MapView& output : kernel.outputs) channels.push_back(output.shape.channels);
    return channels;
}

std::vector<ChannelBlock> product_blocks(const KernelMaker& maker, const Kernel& kernel, int row, std::int64_t terms,
                                         const ScheduleChoice& tuned) {
    std::vector<ChannelBlock> blocks =
        schedule_blocks(maker.target, output_channels(kernel), row, tuned, operand_of(kernel));
    for (ChannelBlock& block : blocks)
        block.terms =
            schedule_terms(maker.target, terms * width_of(block, maker.target) * bytes_of(kernel.signature.weight));
    place_blocks(blocks, kernel, vector_unit(maker.target, Element::f32).lanes, terms);
    return blocks;
}

std::string product_tile(const std::vector<ChannelBlock>& blocks, const Target& target) {
    const auto largest = std::max_element(
        blocks.begin(), blocks.end(),
        [](const ChannelBlock& a, const ChannelBlock& b) { return a.pixels * a.vectors < b.pixels * b.vectors; });
    return fmt::format("{}x{}", largest->pixels, width_of(*largest, target));
}

std::string product_stem(const Kernel& kernel) {
    return fmt::format("_to{}{}", fmt::join(output_channels(kernel), "_"), epilogue_name(kernel.epilogue));
}

std::int64_t packed_product(const Kernel& kernel, const std::vector<ChannelBlock>& blocks, std::int64_t terms,
                            const Target& target) {
    const ChannelBlock& last = blocks.back();
    return last.weights + block_size(kernel, width_of(last, target), terms);
}

void pack_product(const Kernel& kernel, const std::vector<ChannelBlock>& blocks, std::int64_t terms,
                  const Target& target, const Convolution& convolution, std::byte* packed) {
    const std::vector<int> outputs = output_channels(kernel);
    const auto first_of = [&](const ChannelBlock& block) {
        return std::accumulate(outputs.begin(), outputs.begin() + block.output, 0) + block.first_channel;
    };
    if (kernel.whole) {
        const WholeWeights weights = whole_weights(kernel, convolution);
        const auto stretches = stretches_of(kernel, kernel_window(kernel), terms);
        for (const ChannelBlock& block : blocks)
            pack_whole_block(kernel, block, vector_unit(target, Element::f32).lanes, first_of(block), stretches,
                             weights, packed + block.weights);
        return;
    }
    const std::vector<float> weights = convolution.weights.values();
    for (const ChannelBlock& block : blocks) {
        const int first_row = first_of(block);
        pack_block(kernel.signature, block, width_of(block, target), terms,
                   convolution.bias.floats().data() + first_row, weights.data() + first_row * terms,
                   packed + block.weights);
    }
}

std::string product_packing(const std::vector<ChannelBlock>& blocks, const Window& window, const Kernel& kernel,
                            const Target& target) {
    std::vector<std::string> runs;
    for (std::size_t first = 0, end = 0; first < blocks.size(); first = end) {
        const int width = width_of(blocks[first], target);
        while (end < blocks.size() && width_of(blocks[end], target) == width) ++end;
        runs.push_back(
            fmt::format("{} channels{}", width, end - first == 1 ? "" : fmt::format(" ({} times)", end - first)));
    }
    if (kernel.whole)
        return fmt::format("for each block of {}: {}, then for each four of [{}][{}][{}] [block][4] of s8",
                           fmt::join(runs, ", then "), header_words(kernel, "block"), window.rows.kernel,
                           window.columns.kernel, kernel.input().channels);
    return fmt::format("for each block of {}: bias [block], then [{}][{}][{}][block]{}", fmt::join(runs, ", then "),
                       window.rows.kernel, window.columns.kernel, kernel.input().channels, packing_types(kernel));
}

void fetch_next_weights(const KernelMaker& maker, const Kernel& kernel, Split split, std::int64_t terms,
                        std::vector<ChannelBlock>& blocks) {
    constexpr std::int64_t least_bytes = 16 << 10;  // fewer come as fast by themselves
    const std::int64_t all = packed_product(kernel, blocks, terms, maker.target);
    const bool in_loops = kernel.input().channels > blocks[0].terms.straight;
    if (!maker.target.caches.fetch_next || !in_loops || all < least_bytes) return;
    const std::int64_t pixels = std::int64_t(kernel.output().height) * kernel.output().width;
    std::int64_t behind = all;
    for (ChannelBlock& block : blocks) {
        const std::int64_t size = block_size(kernel, width_of(block, maker.target), terms);
        const std::int64_t fetched = split == Split::rows ? 2 * size : size;
        block.next.pixel_share = (fetched + pixels * 4 - 1) / (pixels * 4) * 4;
        block.next.first = split == Split::rows ? behind : block.weights + size;
        behind += block.next.pixel_share * pixels;
    }
}

void compact_product(std::vector<ChannelBlock>& blocks, const Target& target, Element operand) {
    for (ChannelBlock& block : blocks) {
        block.pixels = compact_tiles(target, block.vectors, operand)[0];
        block.next = {};
    }
}

Split choose_split(const Target& target, const Kernel& kernel, const Window& window,
                   const std::vector<ChannelBlock>& blocks) {
    const Shape& input = kernel.input();
    const std::int64_t bytes = elements(input) * bytes_of(kernel.signature.input);
    const int pixels = kernel.output().height * kernel.output().width;
    const bool few_blocks = blocks.size() < 4 && pixels >= 16;  // too few to be shared out evenly
    if (!few_blocks && (bytes <= target.caches.l2_bytes / 4 || pixels < 150)) return Split::channels;
    return weight_bytes(kernel, window) > target.caches.l2_bytes / 4 ? Split::rows_for_each_block : Split::rows;
}

}  // namespace ssdgen
