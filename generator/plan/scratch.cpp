#include "plan/scratch.h"

#include "plan/alignment.h"

#include <algorithm>

namespace ssdgen {

std::int64_t picture_row_size(const ConvolutionKernel& kernel) {
    const Window& window = kernel.window;
    const int reach = (kernel.output_width - 1) * window.stride + (window.kernel_width - 1) * window.dilation + 1;
    const int width = std::max(reach, window.pads[1] + kernel.input.width);
    return aligned(std::int64_t(width) * kernel.input.channels);
}

std::int64_t picture_scratch_size(const ConvolutionKernel& kernel) {
    const int rows = (kernel.window.kernel_height - 1) * kernel.window.dilation + 1;
    const std::int64_t bytes = std::int64_t(kernel.input.width) * kernel.input.channels;
    return rows * picture_row_size(kernel) + aligned(floats(bytes));
}

std::int64_t resize_scratch_bytes(int width) { return std::int64_t(width) * 12; }

std::int64_t post_scratch_bytes(const Head& head) {
    return std::int64_t(head.priors) * 52 + std::int64_t(head.classes) * 12;
}

}  // namespace ssdgen
