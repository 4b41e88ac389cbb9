#include "plan/compact.h"

#include <algorithm>

namespace ssdgen {

std::vector<int> compact_tiles(const Target& target, int vectors) {
    // The sums, one step's weights and one broadcast input.
    const int most = std::clamp((vector_unit(target, Element::f32).registers - vectors - 1) / vectors, 1, 12);
    return {most, std::max(most / 2, 1), 1};
}

void make_compact(Stage& stage, const Target& target) {
    if (auto* convolution = std::get_if<ConvolutionKernel>(&stage.kernel)) {
        for (ChannelBlock& block : convolution->blocks) block.pixels = compact_tiles(target, block.vectors)[0];
    } else if (auto* depthwise = std::get_if<DepthwiseKernel>(&stage.kernel)) {
        depthwise->pixels = 1;
        stage.tuned = false;
    }
}

}  // namespace ssdgen
