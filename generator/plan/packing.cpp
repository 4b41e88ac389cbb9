#include "plan/packing.h"

#include "graph/shapes.h"
#include "plan/alignment.h"
#include "support/error.h"
#include "support/words.h"
#include "weights/number_formats.h"

#include <algorithm>

namespace ssdgen {

namespace {

/// The least significant byte first.
void store(std::byte* to, std::uint32_t bits, int bytes) {
    for (int byte = 0; byte < bytes; ++byte) to[byte] = std::byte((bits >> (8 * byte)) & 0xFFU);
}

std::uint32_t bits_of(Element element, float value) {
    switch (element) {
        case Element::f32: return to_bits(value);
        case Element::f16: return to_half(value);
        case Element::bf16: return to_bfloat16(value);
        case Element::u8:
        case Element::s8:
        case Element::s32: break;
    }
    throw InternalError(fmt::format("internal error: broken invariant: weights are packed as {}", spell(element)));
}

bool is_all_f32(const Signature& signature) { return signature == Signature{}; }

}  // namespace

int header_rows(const Kernel& kernel) {
    if (!kernel.whole) return 1;
    const int offsets = kernel.whole->offsets_weights ? 1 : 0;
    switch (kernel.whole->rule) {
        case Requantization::float_product: return 2 + offsets;
        case Requantization::two_roundings:
        case Requantization::ruy: return 3 + (kernel.whole->shifts_left ? 1 : 0) + offsets;
    }
    throw InternalError("internal error: broken invariant: every rule has its factors");
}

std::string header_words(const Kernel& kernel, const std::string& of) {
    if (!kernel.whole) return fmt::format("bias [{}]", of);
    std::vector<std::string> rows{"bias"};
    if (kernel.whole->rule == Requantization::float_product) {
        rows.push_back("factor");
    } else {
        rows.insert(rows.end(), {"mantissa", "shift to the right"});
        if (kernel.whole->shifts_left) rows.push_back("shift to the left");
    }
    if (kernel.whole->offsets_weights) rows.push_back("zero point of the weights");
    std::string text;
    for (const std::string& row : rows) text += fmt::format("{}{} [{}]", text.empty() ? "" : ", ", row, of);
    return text;
}

std::int64_t stored_terms(const Window& window, const Kernel& kernel) {
    const std::int64_t channels = kernel.input().channels;
    if (!kernel.whole) return taps(window) * channels;
    const bool picture = std::holds_alternative<PictureKernel>(kernel.kind);
    const std::int64_t stretch = picture ? window.columns.kernel * channels : channels;
    const std::int64_t stretches = picture ? window.rows.kernel : taps(window);
    return stretches * ((stretch + terms_at_once - 1) / terms_at_once * terms_at_once);
}

std::int64_t block_size(const Kernel& kernel, int width, std::int64_t terms) {
    const Signature& signature = kernel.signature;
    const std::int64_t size =
        width * (header_rows(kernel) * bytes_of(signature.accumulator) + terms * bytes_of(signature.weight));
    return is_all_f32(signature) ? size : aligned(size);
}

std::int64_t place_blocks(std::vector<ChannelBlock>& blocks, const Kernel& kernel, int lanes, std::int64_t terms) {
    std::int64_t end = 0;
    for (ChannelBlock& block : blocks) {
        block.weights = end;
        end += block_size(kernel, block.vectors * lanes, terms);
    }
    return end;
}

int narrowed_together(int vectors, int first) {
    const int left = vectors - first;
    return left >= 4 ? 4 : std::min(left, 2);
}

int channel_of_slot(int vectors, int lanes, int slot) {
    constexpr int narrow = 4;  // numbers of 32 bits in 16 bytes
    const int vector = slot / lanes, lane = slot % lanes;
    int first = 0;
    while (first + narrowed_together(vectors, first) <= vector) first += narrowed_together(vectors, first);
    const int together = narrowed_together(vectors, first);
    return first * lanes + lane / narrow * narrow * together + (vector - first) * narrow + lane % narrow;
}

std::vector<ChannelGroup> channel_groups(int channels, int lanes, int most) {
    std::vector<ChannelGroup> groups;
    int first = 0;
    const auto add = [&](int registers, int size) {
        const int count = size ? (channels - first) / size : 0;
        if (count) groups.push_back({first, registers, size, count});
        first += count * size;
    };
    for (int registers : {4, 2, 1})
        if (registers <= most) add(registers, registers * lanes);
    add(1, channels - first);
    return groups;
}

std::string packing_types(const Kernel& kernel) {
    return is_all_f32(kernel.signature) ? "" : fmt::format(" of {}", spell(kernel.signature.weight));
}

std::int64_t depthwise_size(const Kernel& kernel, const Window& window) {
    const Signature& signature = kernel.signature;
    const int fours = (window.rows.kernel + terms_at_once - 1) / terms_at_once;
    const std::int64_t weights = kernel.whole ? window.columns.kernel * fours * terms_at_once : taps(window);
    const std::int64_t size = kernel.input().channels * (header_rows(kernel) * bytes_of(signature.accumulator) +
                                                         weights * bytes_of(signature.weight));
    return (size + 3) / 4 * 4;
}

void NumberWriter::put(std::int64_t index, float value) const {
    const int bytes = bytes_of(element_);
    store(begin_ + index * bytes, bits_of(element_, value), bytes);
}

}  // namespace ssdgen
