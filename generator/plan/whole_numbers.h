#pragma once

#include "graph/graph.h"
#include "plan/kernel.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ssdgen {

// What kernels of whole numbers have in common, whatever their kind.

/// Of a node of a quantized, lowered graph: the zero points and ranges of its maps and, of a layer with weights, how
/// these are taken.
WholeNumbers whole_numbers_of(const Graph& graph, const Node& node, Activation activation);

/// How the sum of two maps is made.
ScaledSum scaled_sum(const Graph& graph, const Node& node);

/// "_u8_double_z3_to7_249"; what of a name says what a kernel's numbers are. "" of real numbers.
std::string whole_name(const Kernel& kernel);

/// A layer's weights as s8, and what a sum takes beside their products, one an output channel.
struct WholeWeights {
    std::vector<std::int8_t> weights;   // as they lie in the operation
    std::vector<std::int32_t> offsets;  // what is left of the zero points; all 0 unless offsets_weights
    std::vector<std::int32_t> biases;   // with what zero points add: sum = bias + weights * inputs - offset * inputs
    const SumFactors* factors = nullptr;
};

WholeWeights whole_weights(const Kernel& kernel, const Convolution& layer);
WholeWeights whole_weights(const Kernel& kernel, const Depthwise& layer);

/// Writes the header (plan/packing.h) of `width` channels into rows of as many: those of channel_at(slot), none where
/// it is -1.
class HeaderWriter {
  public:
    HeaderWriter(const Kernel& kernel, int width, std::byte* packed);
    void put(int slot, std::size_t channel, const WholeWeights& weights);

  private:
    void put_row(int row, int slot, std::uint32_t bits);

    const WholeNumbers& whole_;
    int width_;
    std::byte* packed_;
};

}  // namespace ssdgen
