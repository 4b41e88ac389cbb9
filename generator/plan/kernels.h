#pragma once

#include "plan/plan.h"
#include "plan/schedule/tuning.h"

#include <string>

namespace ssdgen {

/// The kernel of a lowered node: shapes, tile, division of the work. `in_stream`: as a stage of a stream. The tile is
/// what the tuning has chosen for the layer's shape, or else the model's.
KernelSpec make_kernel(const Graph& graph, const Node& node, const Target& target, bool in_stream = false,
                       const Tuning& tuning = {});

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

}  // namespace ssdgen
