#pragma once

#include "graph/graph.h"
#include "support/element.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace ssdgen {

// What a kernel is: the shapes that its code is written for, and what its kind needs beside them. A file in
// plan/kernels/ holds all that the plan has to say of one kind. Offsets and sizes are in bytes.

/// A map as a kernel finds or makes it: rows of pixels that lie `pixel_stride` numbers apart, which is more than the
/// channels where the map is a slice of a wider one.
struct MapView {
    Shape shape;
    int pixel_stride = 0;

    bool is_dense() const { return pixel_stride == shape.channels; }
};

inline MapView dense(const Shape& shape) { return {shape, shape.channels}; }

/// The types that a kernel's numbers have in memory, and its sums in registers.
struct Signature {
    Element input = Element::f32;
    Element weight = Element::f32;  // biases are of the accumulator's type
    Element accumulator = Element::f32;
    Element output = Element::f32;
};

/// How stored numbers become those of a list that maps of other scales are joined to, as TensorFlow Lite has it:
/// round(number * scale + offset), halves away from zero, + zero_point, from 0 to 255.
struct Rescaling {
    float scale = 1, offset = 0;
    int zero_point = 0;
};

/// The stored numbers of an output that a kernel of whole numbers makes: what is added to a sum that has been scaled,
/// and the range that is left.
struct OutputNumbers {
    int zero_point = 0, lowest = 0, highest = 255;
    std::optional<Rescaling> rescaling{};
};

/// What a kernel has beside its kind whose numbers are whole. Sums are of products of weights, less the input's zero
/// point and the weights' own where they have some.
struct WholeNumbers {
    Requantization rule = Requantization::two_roundings;
    bool shifts_left = false;      // some factor is 1 or more
    bool offsets_weights = false;  // some weights less their zero point do not fit into s8: it is taken off elsewhere
    std::vector<int> input_zeros;  // one an input
    std::vector<OutputNumbers> outputs{};
};

/// The sum of two maps of whole numbers with scales of their own. fixed: the factors of both maps, whose differences
/// from their zero points are taken 20 bits to the left, and of the sum. float_product: the same in 32 bits, both
/// differences times `factors`, the sum rounded off by `shift` bits.
struct ScaledSum {
    std::vector<FixedPoint> fixed{};
    std::vector<std::int32_t> factors{};
    int shift = 0;
};

/// What happens to a sum before it is stored.
struct Epilogue {
    Activation activation = Activation::none;
    bool adds_input = false;  // first of all the last input's value in the same place
};

/// How the code of a register tile walks over the terms of its sums.
struct TermLoop {
    int unroll = 1;          // terms that one round of the loop adds
    int straight = 0;        // so many terms are added without a loop
    int prefetch_bytes = 0;  // how far ahead of its use a weight is fetched; 0: left to the processor
};

/// Weights that are read after a block's, and that its register tiles have fetched into the second-level cache: pixel
/// p of the map has `pixel_share` bytes from first + p * pixel_share on.
struct NextWeights {
    std::int64_t first = 0;        // from the step's first weight
    std::int64_t pixel_share = 0;  // 0: nothing is fetched
};

/// Neighbouring output channels that a register tile computes at once.
struct ChannelBlock {
    int output = 0;         // which of the step's outputs
    int first_channel = 0;  // in that output
    int channels = 0;
    int vectors = 0;           // registers that they fill; the last one may be partly used
    int pixels = 0;            // of the register tile
    std::int64_t weights = 0;  // where the block's weights begin, from the step's first
    TermLoop terms{};
    NextWeights next{};
};

/// What a unit of a convolution's work is; threads take ranges of units. rows: each goes through all blocks of channels
/// before the next. rows_for_each_block: all of a thread's rows go through a block before the next, so that its weights
/// are read once.
enum class Split { rows, rows_for_each_block, channels };

// Weights of the three kinds of convolutions, a block after the other: bias [vectors * lanes], then [kh][kw][in]
// [vectors * lanes].

/// A 1x1 convolution with stride 1: the map is taken as one row of pixels, and cut into rows of `row_pixels`.
struct PointwiseKernel {
    std::vector<ChannelBlock> blocks;
    Split split = Split::rows;
    int row_pixels = 0;
};

/// A convolution of any window.
struct WindowKernel {
    Window window;
    std::vector<ChannelBlock> blocks;
    Split split = Split::rows;
};

/// A convolution that reads the picture's bytes, takes the mean from them and is always the first stage of a stream.
struct PictureKernel {
    Window window;
    std::vector<float> mean;  // one a channel
    std::vector<ChannelBlock> blocks;
};

/// A depthwise convolution. Weights: bias [channels], then [kh][kw][channels].
struct DepthwiseKernel {
    Window window;
    int pixels = 0;     // of the register tile
    int registers = 1;  // of channels that it computes together at most (channel_groups in plan/packing.h)
};

/// The mean over each window. No weights.
struct AveragePoolKernel {
    Window window;
    bool signed_numbers = false;  // of whole numbers: as in AveragePool
};

/// The maximum over the taps of each window that lie inside the map. No weights.
struct MaxPoolKernel {
    Window window;
    int pixels = 0;  // of the register tile
};

/// The sum of all inputs, value by value; of one, a copy. No weights.
struct ElementwiseKernel {
    std::optional<ScaledSum> scaled{};  // of whole numbers
};

using KernelKind = std::variant<PointwiseKernel, WindowKernel, PictureKernel, DepthwiseKernel, AveragePoolKernel,
                                MaxPoolKernel, ElementwiseKernel>;

/// A kernel computes its whole map, units of work [first, end) at a time, or it is a stage of a stream: then
/// `stream_rows` is the number of output rows that it computes at most at a time (1 if its window is more than a
/// pixel), from pointers to the input rows that they need.
struct Kernel {
    std::vector<MapView> inputs;   // what it works on; then, with Epilogue::adds_input, what is added
    std::vector<MapView> outputs;  // joined heads have several
    Epilogue epilogue;
    int stream_rows = 0;
    KernelKind kind;
    Signature signature{};
    std::optional<WholeNumbers> whole{};  // absent: it computes with real numbers

    const Shape& input() const { return inputs[0].shape; }
    const Shape& output() const { return outputs[0].shape; }
};

/// The type of the numbers that it multiplies, as those of its maps.
inline Element operand_of(const Kernel& kernel) { return kernel.whole ? Element::u8 : Element::f32; }

/// The blocks of a convolution; null for another kind.
inline const std::vector<ChannelBlock>* blocks_of(const PointwiseKernel& kind) { return &kind.blocks; }
inline const std::vector<ChannelBlock>* blocks_of(const WindowKernel& kind) { return &kind.blocks; }
inline const std::vector<ChannelBlock>* blocks_of(const PictureKernel& kind) { return &kind.blocks; }
inline const std::vector<ChannelBlock>* blocks_of(const DepthwiseKernel&) { return nullptr; }
inline const std::vector<ChannelBlock>* blocks_of(const AveragePoolKernel&) { return nullptr; }
inline const std::vector<ChannelBlock>* blocks_of(const MaxPoolKernel&) { return nullptr; }
inline const std::vector<ChannelBlock>* blocks_of(const ElementwiseKernel&) { return nullptr; }
inline const std::vector<ChannelBlock>* blocks_of(const Kernel& kernel) {
    return std::visit([](const auto& kind) { return blocks_of(kind); }, kernel.kind);
}

inline bool operator==(const MapView& a, const MapView& b) {
    return a.shape == b.shape && a.pixel_stride == b.pixel_stride;
}

inline bool operator==(const Signature& a, const Signature& b) {
    return a.input == b.input && a.weight == b.weight && a.accumulator == b.accumulator && a.output == b.output;
}

inline bool operator==(const Epilogue& a, const Epilogue& b) {
    return a.activation == b.activation && a.adds_input == b.adds_input;
}

inline bool operator==(const Rescaling& a, const Rescaling& b) {
    return a.scale == b.scale && a.offset == b.offset && a.zero_point == b.zero_point;
}

inline bool operator==(const OutputNumbers& a, const OutputNumbers& b) {
    return a.zero_point == b.zero_point && a.lowest == b.lowest && a.highest == b.highest && a.rescaling == b.rescaling;
}

inline bool operator==(const WholeNumbers& a, const WholeNumbers& b) {
    return a.rule == b.rule && a.shifts_left == b.shifts_left && a.offsets_weights == b.offsets_weights &&
           a.input_zeros == b.input_zeros && a.outputs == b.outputs;
}

inline bool operator==(const ScaledSum& a, const ScaledSum& b) {
    return a.fixed == b.fixed && a.factors == b.factors && a.shift == b.shift;
}

inline bool operator==(const TermLoop& a, const TermLoop& b) {
    return a.unroll == b.unroll && a.straight == b.straight && a.prefetch_bytes == b.prefetch_bytes;
}

inline bool operator==(const NextWeights& a, const NextWeights& b) {
    return a.first == b.first && a.pixel_share == b.pixel_share;
}

inline bool operator==(const ChannelBlock& a, const ChannelBlock& b) {
    return a.output == b.output && a.first_channel == b.first_channel && a.channels == b.channels &&
           a.vectors == b.vectors && a.pixels == b.pixels && a.weights == b.weights && a.terms == b.terms &&
           a.next == b.next;
}

inline bool operator==(const PointwiseKernel& a, const PointwiseKernel& b) {
    return a.blocks == b.blocks && a.split == b.split && a.row_pixels == b.row_pixels;
}

inline bool operator==(const WindowKernel& a, const WindowKernel& b) {
    return a.window == b.window && a.blocks == b.blocks && a.split == b.split;
}

inline bool operator==(const PictureKernel& a, const PictureKernel& b) {
    return a.window == b.window && a.mean == b.mean && a.blocks == b.blocks;
}

inline bool operator==(const DepthwiseKernel& a, const DepthwiseKernel& b) {
    return a.window == b.window && a.pixels == b.pixels && a.registers == b.registers;
}

inline bool operator==(const AveragePoolKernel& a, const AveragePoolKernel& b) {
    return a.window == b.window && a.signed_numbers == b.signed_numbers;
}

inline bool operator==(const MaxPoolKernel& a, const MaxPoolKernel& b) {
    return a.window == b.window && a.pixels == b.pixels;
}

inline bool operator==(const ElementwiseKernel& a, const ElementwiseKernel& b) { return a.scaled == b.scaled; }

/// Whether the tiles of a block, or of any of a kernel's, have the weights fetched that are read next.
inline bool fetches_next(const ChannelBlock& block) { return block.next.pixel_share > 0; }
inline bool fetches_next(const Kernel& kernel) {
    const std::vector<ChannelBlock>* blocks = blocks_of(kernel);
    return blocks &&
           std::any_of(blocks->begin(), blocks->end(), [](const ChannelBlock& block) { return fetches_next(block); });
}

/// Whether two kernels are the same in everything that their code depends on.
inline bool operator==(const Kernel& a, const Kernel& b) {
    return a.inputs == b.inputs && a.outputs == b.outputs && a.epilogue == b.epilogue &&
           a.stream_rows == b.stream_rows && a.kind == b.kind && a.signature == b.signature && a.whole == b.whole;
}

}  // namespace ssdgen
