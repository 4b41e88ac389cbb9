#include "plan/compact.h"

#include "plan/check.h"
#include "plan/kernels.h"

#include <algorithm>

namespace ssdgen {

std::vector<int> compact_tiles(const Target& target, int vectors) {
    // The sums, one step's weights and one broadcast input.
    const int most = std::clamp((vector_unit(target, Element::f32).registers - vectors - 1) / vectors, 1, 12);
    return {most, std::max(most / 2, 1), 1};
}

void compact_plan(Plan& plan) {
    plan.compact = true;
    for (Step& step : plan.steps) {
        for (Stage& stage : step.stages) {
            if (auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel)) {
                for (ChannelBlock& block : convolution->blocks)
                    block.pixels = compact_tiles(plan.target, block.vectors)[0];
            } else if (auto* depthwise = std::get_if<DepthwiseKernel>(&stage.kernel)) {
                depthwise->pixels = 1;
                stage.tuned = false;
            }
            stage.kernel_name = kernel_name(stage.kernel, plan.target);
            stage.tile = tile_name(stage.kernel, plan.target);
        }
        if (step.stream) step.stream_name = stream_name(step.stages, plan.target);
    }
    check_plan(plan);
}

}  // namespace ssdgen
