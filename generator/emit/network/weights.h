#pragma once

#include "emit/network/emission.h"
#include "support/files.h"

#include <cstdint>
#include <string>

namespace ssdgen {

/// What the code's pointer to the weights leads to: f32 where all are, else bytes, u8.
Element weights_pointer(const Plan& plan);

/// "float" or "std::uint8_t": the type of the numbers in maps.
const char* map_number(const Plan& plan);
const char* map_number(Element maps);
/// #include "ssd/quantized.h", where whole numbers are made floats of; "" elsewhere.
const char* quantized_header(const Plan& plan);
/// "floats" or "bytes".
const char* unit_of_maps(const Plan& plan);

/// The same in C++: "float", "unsigned char".
const char* weights_number(const Plan& plan);
const char* pointed_name(Element pointer);

/// The name of the weights' files, without an ending.
std::string weights_name(const Emission& emission);

/// Emits the weights and what brings them into the library.
void emit_weights(const Emission& emission, FileSet& files);

/// What a weights file has to have been packed for: equal for equal kernels in equal order, whatever the values.
std::uint64_t weights_layout(const Plan& plan);

/// Where the packed weights of one of a stage's layers stand, and their hash (runtime/ssd/weights.h).
struct LayerWeights {
    std::int64_t offset = 0;  // in what the code's pointer leads to
    std::int64_t words = 0;   // of 4 bytes
    std::uint64_t hash = 0;
};

/// output: the layer's index among the outputs of its stage.
LayerWeights layer_weights(const Plan& plan, const Stage& stage, int output);

/// NAME_weights.bin of the form `file`: the header of runtime/ssd/weights.h, then the weights.
std::string weights_file(const Plan& plan);

}  // namespace ssdgen
