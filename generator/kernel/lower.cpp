#include "kernel/lower.h"

namespace ssdgen {

KernelTree lower_kernel(const KernelSpec& kernel, const std::string& name, const Target& target) {
    if (const auto* convolution = std::get_if<ConvolutionKernel>(&kernel))
        return lower_convolution(*convolution, name, target);
    if (const auto* depthwise = std::get_if<DepthwiseKernel>(&kernel)) return lower_depthwise(*depthwise, name, target);
    return lower_average_pool(std::get<AveragePoolKernel>(kernel), name, target);
}

}  // namespace ssdgen
