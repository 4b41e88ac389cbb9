#pragma once

#include "plan/plan.h"
#include "plan/schedule/tuning.h"

#include <string>

namespace ssdgen {

/// The kernel of a lowered node: shapes, tile, division of the work. `in_stream`: as a stage of a stream. The tile is
/// what the tuning has chosen for the layer's shape, or else the model's.
KernelSpec make_kernel(const Graph& graph, const Node& node, const Target& target, bool in_stream = false,
                       const Tuning& tuning = {});

/// A 1x1 convolution with stride 1 and no padding: its input map can be taken as one long row.
bool is_pointwise(const Window& window);

/// Whether two kernels are the same in everything that their code depends on.
bool same_kernel(const KernelSpec& a, const KernelSpec& b);

/// Units of work that a kernel's output is cut into; of a stage of a stream: rows.
int kernel_units(const KernelSpec& kernel);

/// The map that a convolution's windows move over, and the window as it lies there: the rows of a picture are staged
/// with their padding, so that every window is inside.
struct StagedInput {
    Shape map;
    Window window;
};

StagedInput staged_input(const ConvolutionKernel& kernel);

/// The window of a kernel, and the most output rows that it makes at a time as a stage of a stream.
const Window& kernel_window(const KernelSpec& kernel);
int kernel_stream_rows(const KernelSpec& kernel);
Shape kernel_input(const KernelSpec& kernel);
Shape kernel_output(const KernelSpec& kernel);  // of joined heads: of the first

/// "6x64": pixels x channels of the largest register tile.
std::string tile_name(const KernelSpec& kernel, const Target& target);

/// A C identifier that states shape and tile, for example pointwise_75x75x64_to_128_relu_tile_6x64; generated/README.md
/// explains it. Kernels with equal names are equal.
std::string kernel_name(const KernelSpec& kernel, const Target& target);

/// The name of a stream's code: separable_19x19x512_3x3_pad_1_1_1_1_to_512_relu_tile_6x64 for a depthwise kernel and
/// the pointwise on it, which several steps may share; stream_conv0_to_conv6 for others.
std::string stream_name(const std::vector<Stage>& stages, const Target& target);

}  // namespace ssdgen
