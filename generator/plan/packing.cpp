#include "plan/packing.h"

#include "plan/alignment.h"
#include "support/error.h"
#include "support/words.h"
#include "weights/number_formats.h"

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

std::int64_t block_size(const Signature& signature, int width, std::int64_t terms) {
    const std::int64_t size = width * (bytes_of(signature.accumulator) + terms * bytes_of(signature.weight));
    return is_all_f32(signature) ? size : aligned(size);
}

std::int64_t place_blocks(std::vector<ChannelBlock>& blocks, const Signature& signature, int lanes,
                          std::int64_t terms) {
    std::int64_t end = 0;
    for (ChannelBlock& block : blocks) {
        block.weights = end;
        end += block_size(signature, block.vectors * lanes, terms);
    }
    return end;
}

std::string packing_types(const Kernel& kernel) {
    return is_all_f32(kernel.signature) ? "" : fmt::format(" of {}", spell(kernel.signature.weight));
}

std::int64_t depthwise_size(const Signature& signature, int channels, std::int64_t taps) {
    const std::int64_t size = channels * (bytes_of(signature.accumulator) + taps * bytes_of(signature.weight));
    return (size + 3) / 4 * 4;
}

void NumberWriter::put(std::int64_t index, float value) const {
    const int bytes = bytes_of(element_);
    store(begin_ + index * bytes, bits_of(element_, value), bytes);
}

}  // namespace ssdgen
