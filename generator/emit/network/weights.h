#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

#include <cstdint>
#include <string>

namespace ssdgen {

/// Emits the weights and what brings them into the library.
void emit_weights(const Emission& emission, FileSet& files);

/// What a weights file has to have been packed for: equal for equal kernels in equal order, whatever the values.
std::uint64_t weights_layout(const Plan& plan);

/// Where the packed weights of one of a stage's layers stand, in floats, and their hash (runtime/ssd/weights.h).
struct LayerWeights {
    std::int64_t offset = 0;
    std::int64_t count = 0;
    std::uint64_t hash = 0;
};

/// output: the layer's index among the outputs of its stage.
LayerWeights layer_weights(const Plan& plan, const Stage& stage, int output);

/// NAME_weights.bin of the form `file`: the header of runtime/ssd/weights.h, then the floats.
std::string weights_file(const Plan& plan);

}  // namespace ssdgen
