#pragma once

#include "plan/kernel.h"
#include "plan/kernels/maker.h"
#include "plan/schedule/tuning.h"
#include "target/target.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ssdgen {

// What the plan asks of a kernel, whatever its kind; the answers of each kind stand in a file of plan/kernels/.

/// The kernel of a lowered node: shapes, tile, division of the work. `in_stream`: as a stage of a stream. The tile is
/// what the tuning has chosen for the layer's shape, or else the model's.
Kernel make_kernel(const Graph& graph, const Node& node, const Target& target, bool in_stream = false,
                   const Tuning& tuning = {});

/// Its window, and how far from it the taps are; 1x1 where the kind has none.
Window kernel_window(const Kernel& kernel);

/// Units of work that its output is cut into; of a stage of a stream: rows.
int kernel_units(const Kernel& kernel);

/// A C identifier of at most kernel_name_length characters that states shape and tile, for example
/// pointwise_75x75x64_to128_relu_tile6x64; NAME_guide.md explains it. In a plan, kernels with equal names are
/// equal (plan/check.h).
std::string kernel_name(const Kernel& kernel, const Target& target);

/// "6x64": pixels x channels of its largest register tile.
std::string tile_name(const Kernel& kernel, const Target& target);

/// Bytes that its packed weights take.
std::int64_t packed_size(const Target& target, const Kernel& kernel);

/// Writes the weights of its node in the order in which it reads them (plan/kernel.h); lanes beyond the last channel
/// are left as they are.
void pack_weights(const Target& target, const Kernel& kernel, const Operation& operation, std::byte* packed);

/// How they lie, in words. output: those of one of several outputs alone.
std::string describe_packing(const Target& target, const Kernel& kernel);
std::string describe_packing(const Target& target, const Kernel& kernel, int output);

/// Where an output channel's numbers lie from its block's beginning on: its bias, and term t of its sum at
/// weight + t * term_bytes. Terms are numbered [kh][kw][in], of a depthwise kernel [kh][kw].
struct ChannelPlace {
    std::int64_t bias = 0, weight = 0, term_bytes = 0;
};

/// Channels whose weights lie together: bias [width], then a row [width] for each term.
struct PackedBlock {
    int output = 0;
    int first_channel = 0;
    int channels = 0;
    int width = 0;           // channels that there is room for; those beyond `channels` are zero
    std::int64_t begin = 0;  // from the kernel's first weight
    std::int64_t bytes = 0;  // up to the next block

    /// channel: one of the block's, counted from its first.
    ChannelPlace place(const Signature& signature, int channel) const;
};

/// The blocks of a kernel's weights in the order of memory; none of one without weights. A depthwise kernel's are one
/// block.
std::vector<PackedBlock> packed_blocks(const Target& target, const Kernel& kernel);

/// The shape of its layer as a tuning knows it; none of a kind that leaves nothing to choose.
std::optional<LayerShape> layer_shape(const Kernel& kernel);

/// Has it done by the kernel of its kind that does all layers, with the shape as an argument
/// (templates/layers/compact.h): the same memory and packed weights (so a tuning's channel blocks stay), other tiles.
void make_compact(Kernel& kernel, const Target& target);

/// The map that the windows of the kernel that reads the picture move over, and the window as it lies there: the rows
/// of a picture are staged with their padding, so that every window is inside.
struct StagedInput {
    Shape map;
    Window window;
};
StagedInput staged_input(const Kernel& kernel, const PictureKernel& picture);

}  // namespace ssdgen
